import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** Longest line that is looked for: forty digits, a colon and a count. */
const LINE_BYTES = 128;
const HASH = /^[0-9A-Fa-f]{40}(?=:|\s*$)/;

/** Whether a line is one of a list of hashes. */
export const isHashLine = (line: string): boolean => HASH.test(line);

/**
 * Whether a sorted file of `HASH` or `HASH:count` lines (as Have I Been Pwned gives them away) holds a hash, in upper-case
 * hex. Some thirty short reads find it among a thousand million lines: the file is tens of gigabytes long and never loaded.
 */
export async function holdsHash(path: string, hash: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    let low = 0;
    let high = (await file.stat()).size;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const line = await lineAfter(file, middle, low);
      // No line begins between the middle and the end: the rest is before it.
      if (line === undefined || line.start >= high) {
        high = middle;
        continue;
      }
      const found = line.text.slice(0, 40).toUpperCase();
      if (found === hash) return true;
      if (found < hash) low = line.end;
      else high = middle;
    }
    return false;
  } finally {
    await file.close();
  }
}

/** The first line that begins at `position` or later; `low` is where a line is known to begin. */
async function lineAfter(
  file: FileHandle,
  position: number,
  low: number,
): Promise<{ readonly text: string; readonly start: number; readonly end: number } | undefined> {
  // One byte before: when that is a line's end, a line begins right at the position.
  const from = position === low ? position : position - 1;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2 * LINE_BYTES), 0, 2 * LINE_BYTES, from);
  const text = buffer.toString('latin1', 0, bytesRead);
  const start = position === low ? 0 : text.indexOf('\n') + 1;
  if (start === 0 && position !== low) return undefined;
  if (start >= text.length) return undefined;
  const next = text.indexOf('\n', start);
  const end = next < 0 ? text.length : next + 1;
  return { text: text.slice(start, end).trim(), start: from + start, end: from + end };
}
