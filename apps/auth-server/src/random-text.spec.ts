import { randomText } from './random-text.js';

describe('random text', () => {
  it('issues as many bytes as were asked for', () => {
    expect([8, 16, 32].map((bytes) => Buffer.from(randomText(bytes), 'base64url').length)).toEqual([8, 16, 32]);
  });

  it('issues nothing twice and nothing empty, also where its pool is filled anew', () => {
    const texts = Array.from({ length: 1_000 }, () => randomText(32));
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts.filter((text) => /A{8}/.test(text))).toEqual([]);
  });
});
