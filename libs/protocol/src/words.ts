/** Space-separated lists, as `scope`, `prompt` and `response_type` are written (RFC 6749 §3.3). */

/** The distinct words in their order. */
export const words = (text: string | undefined): readonly string[] =>
  text === undefined || text === '' ? [] : [...new Set(text.split(' ').filter((word) => word !== ''))];

/** Whether every word of `inner` is in `outer`. */
export const isSubset = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.every((word) => outer.includes(word));

/** Words of `wanted` that `held` lacks. */
export const missing = (wanted: readonly string[], held: readonly string[]): readonly string[] =>
  wanted.filter((word) => !held.includes(word));
