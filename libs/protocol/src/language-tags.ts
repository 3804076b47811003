/** The tag cut back step by step: `zh-Hant-CN-x-a` → `zh-Hant-CN` → `zh-Hant` → `zh`; no lone letter stays at the end. */
function* shortened(tag: string): Generator<string> {
  const subtags = tag.toLowerCase().split('-');
  while (subtags.length > 0) {
    yield subtags.join('-');
    subtags.pop();
    if (subtags.at(-1)?.length === 1) subtags.pop();
  }
}

/**
 * The first of the available BCP 47 tags that serves somebody who wants these languages, best first: the tag itself, then
 * a broader one (RFC 4647 §3.4), then one of the same language that says more.
 */
export function bestTag(available: readonly string[], wanted: readonly string[]): string | undefined {
  for (const range of wanted) {
    for (const tag of shortened(range)) {
      const exact = available.find((candidate) => candidate.toLowerCase() === tag);
      if (exact !== undefined) return exact;
    }
    const narrower = available.find((candidate) => candidate.toLowerCase().startsWith(`${range.toLowerCase()}-`));
    if (narrower !== undefined) return narrower;
  }
  return undefined;
}
