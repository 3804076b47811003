/** The colours that text of the accent colour stands on, as in `public/tandem.css`: the ground and the card. */
export const GROUNDS = {
  light: ['#f2f4f8', '#ffffff'],
  dark: ['#10151d', '#19202b'],
} as const;

/** WCAG 2.2 §1.4.3, level AA: text of ordinary size. */
export const AA = 4.5;

export const COLOUR = /^#[0-9a-f]{6}$/i;

const channels = (colour: string): readonly number[] =>
  [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, from 1 to 21. */
export function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

/** The lowest contrast of a colour with the grounds that it stands on. */
export const lowestContrast = (colour: string, grounds: readonly string[]): number =>
  Math.min(...grounds.map((ground) => contrast(colour, ground)));

/** Text on a button of this colour: whichever of white and black is easier to read. One of them always reaches AA. */
export const inkOn = (colour: string): string =>
  contrast(colour, '#ffffff') >= contrast(colour, '#000000') ? '#ffffff' : '#000000';

/** The colour made as much lighter as it takes to be readable on the dark grounds. */
export function forDarkGround(colour: string): string {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = channels(colour).map((channel) => Math.round(channel + (255 - channel) * share));
    const lighter = `#${mixed.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;
    if (lowestContrast(lighter, GROUNDS.dark) >= AA) return lighter;
  }
  return '#ffffff';
}
