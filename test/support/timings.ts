import { percentile } from './measurement.js';

/** Medians of two ways to do something, milliseconds, and how far they are apart as a share of the greater. */
export interface TimingComparison {
  readonly samples: number;
  readonly medians: readonly [number, number];
  readonly difference: number;
}

const WARM_UP = 10;

/**
 * Does two things in turn and compares how long they take. They are interleaved, and which comes first changes, so that
 * whatever else the machine does weighs on both.
 */
export async function compareTimings(
  samples: number,
  one: (sample: number) => Promise<unknown>,
  other: (sample: number) => Promise<unknown>,
): Promise<TimingComparison> {
  const times: [number[], number[]] = [[], []];
  const measure = async (which: 0 | 1, sample: number): Promise<void> => {
    const began = performance.now();
    await (which === 0 ? one : other)(sample);
    if (sample >= WARM_UP) times[which].push(performance.now() - began);
  };
  for (let sample = 0; sample < samples + WARM_UP; sample += 1) {
    const first = (sample % 2) as 0 | 1;
    await measure(first, sample);
    await measure(first === 0 ? 1 : 0, sample);
  }
  const medians = [percentile(times[0], 0.5), percentile(times[1], 0.5)] as const;
  return { samples, medians, difference: Math.abs(medians[0] - medians[1]) / Math.max(...medians) };
}
