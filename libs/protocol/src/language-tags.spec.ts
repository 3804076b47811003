import { bestTag } from './language-tags.js';

describe('language tags', () => {
  it.each([
    [['de', 'fr'], ['fr'], 'fr'],
    [['de', 'fr'], ['it', 'de'], 'de'],
    [['de', 'fr'], ['de-CH-1996'], 'de'],
    [['zh-Hant', 'zh'], ['zh-Hant-CN-x-private'], 'zh-Hant'],
    [['ja-Kana-JP', 'ja-Hani-JP'], ['ja'], 'ja-Kana-JP'],
    [['DE-ch'], ['de-CH'], 'DE-ch'],
    [['den'], ['de'], undefined],
    [['de'], [], undefined],
    [[], ['de'], undefined],
  ] as const)('shows of %j, to who wants %j: %s', (available, wanted, best) => {
    expect(bestTag(available, wanted)).toBe(best);
  });
});
