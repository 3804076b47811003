import { randomInt } from 'node:crypto';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function randomText(length: number): string {
  return Array.from({ length }, () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)]).join('');
}

/** The suite ends its states with the unreserved characters that are no letters, to see that nobody re-encodes them. */
export const newState = (length = 10): string => `${randomText(length - 4)}-._~`;

export const newNonce = (length = 10): string => randomText(length);

/** Shannon's estimate for a whole text, bits: what the suite measures codes and tokens by. */
export function estimatedBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  const bitsPerCharacter = [...counts.values()]
    .map((count) => count / text.length)
    .reduce((sum, share) => sum - share * Math.log2(share), 0);
  return bitsPerCharacter * text.length;
}

/** 128 bits in at least 16 characters, of which the estimate must find more than 96. */
export function checkUnguessable(text: string): void {
  expect(text.length).toBeGreaterThanOrEqual(16);
  expect(estimatedBits(text)).toBeGreaterThan(96);
}
