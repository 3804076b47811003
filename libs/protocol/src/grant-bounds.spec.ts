import { checkGrantBounds } from './grant-bounds.js';

const words = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index}`.padEnd(length, 'x'));

describe('how large a grant may become', () => {
  it('accepts everything that one request can ask for', () => {
    const grant = { scope: words(50, 40), audience: words(10, 200) };
    expect(checkGrantBounds(grant)).toBe(grant);
  });

  it('refuses more scopes than an event can tell, however they came together', () => {
    expect(() => checkGrantBounds({ scope: words(60, 40), audience: [] })).toThrow('too many scopes');
    expect(() => checkGrantBounds({ scope: words(700, 3), audience: [] })).toThrow('too many scopes');
  });

  it('refuses more APIs than an event can tell, counted in bytes', () => {
    expect(() => checkGrantBounds({ scope: [], audience: words(12, 200) })).toThrow('too many APIs');
    expect(() =>
      checkGrantBounds({
        scope: [],
        audience: ['https://api.example/\u2028'.padEnd(900, '\u00e9'), '\u00e9'.repeat(400)],
      }),
    ).toThrow('too many APIs');
  });
});
