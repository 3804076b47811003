import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { AA, contrast, forDarkGround, GROUNDS, inkOn, lowestContrast } from './contrast.js';

const STYLES = readFileSync(join(import.meta.dirname, '../../public/tandem.css'), 'utf8');
const colour = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`);

it('tells the ratios of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('#ffffff', '#767676')).toBeCloseTo(4.54, 2);
  expect(contrast('#123456', '#123456')).toBe(1);
});

it('tells of the same grounds as the stylesheet has, whose own accents can be read on them', () => {
  const [light = '', dark = ''] = STYLES.split('@media (prefers-color-scheme: dark)');
  for (const [part, grounds] of [
    [light, GROUNDS.light],
    [dark, GROUNDS.dark],
  ] as const) {
    const variable = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(part)?.[1] ?? name;
    expect([variable('ground'), variable('card')]).toEqual(grounds);
    expect(lowestContrast(variable('accent'), grounds)).toBeGreaterThanOrEqual(AA);
    expect(contrast(variable('accent'), variable('accent-ink'))).toBeGreaterThanOrEqual(AA);
  }
});

it('shows text on a button of any colour, and any colour on the dark ground, so that it can be read', () => {
  fc.assert(
    fc.property(colour, (any) => {
      expect(contrast(any, inkOn(any))).toBeGreaterThanOrEqual(AA);
      expect(lowestContrast(forDarkGround(any), GROUNDS.dark)).toBeGreaterThanOrEqual(AA);
    }),
  );
});
