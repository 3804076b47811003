import { hasControl } from './sensible-text.js';
import { isSubset, missing, words } from './words.js';

describe('words', () => {
  it('accepts a list with wide spaces and repetitions as its distinct words in their order', () => {
    expect(words('  b a  b c ')).toEqual(['b', 'a', 'c']);
    expect(words('')).toEqual([]);
    expect(words(undefined)).toEqual([]);
  });

  it('refuses to split at anything but a space', () => {
    expect(words('a\tb,c\u00A0d')).toEqual(['a\tb,c\u00A0d']);
  });

  it('tells what is missing, and whether anything is', () => {
    expect(missing(['a', 'b'], ['b'])).toEqual(['a']);
    expect(isSubset(['a'], ['b', 'a'])).toBe(true);
    expect(isSubset(['a', 'c'], ['b', 'a'])).toBe(false);
    expect(isSubset([], [])).toBe(true);
  });
});

it('refuses C0 controls and DEL in text, nothing else', () => {
  expect(['\0', '\r', '\n', '\t', '\x1F', '\x7F'].every((text) => hasControl(`a${text}b`))).toBe(true);
  expect(hasControl(' ~é\u202E\u{1F600}')).toBe(false);
});
