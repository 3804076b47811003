/** The value below which `share` (0 to 1) of the values lie. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** One JSON line for each scenario: what was done, what was seen, and how often a promise was broken. */
export function report(
  id: string,
  figures: Readonly<Record<string, number | string | Readonly<Record<string, number>>>> & {
    readonly invariant_violations: number;
  },
): void {
  process.stdout.write(`${JSON.stringify({ id, ...figures })}\n`);
}

const rounded = (value: number): number => Math.round(value * 10) / 10;

/** Milliseconds as p50, p99 and the longest. */
export const delaysOf = (
  values: readonly number[],
): { readonly p50_ms: number; readonly p99_ms: number; readonly max_ms: number } => ({
  p50_ms: rounded(percentile(values, 0.5)),
  p99_ms: rounded(percentile(values, 0.99)),
  max_ms: rounded(percentile(values, 1)),
});

/** Asks again and again until the answer is as wished, or the time is over. */
export async function until(isDone: () => Promise<boolean>, seconds: number): Promise<boolean> {
  const deadline = performance.now() + seconds * 1_000;
  while (performance.now() < deadline) {
    if (await isDone()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return false;
}
