import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holdsHash } from './hash-list.js';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();

describe('a sorted list of hashes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hash-list-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const list = (lines: readonly string[], end: string, last = end): string => {
    const path = join(folder, `${lines.length}-${end.length}${last.length}.txt`);
    writeFileSync(path, lines.length === 0 ? '' : lines.join(end) + last);
    return path;
  };
  const hashes = Array.from({ length: 2_000 }, (_, n) => sha1(`password ${n}`)).sort();

  it.each([
    ['counts, as they are given away', (hash: string, n: number) => `${hash}:${n ** 3}`, '\r\n', '\r\n'],
    ['hashes alone', (hash: string) => hash, '\n', '\n'],
    ['small letters, and no end of the last line', (hash: string) => hash.toLowerCase(), '\n', ''],
  ] as const)('shows every hash of it and no other: %s', async (_what, line, end, last) => {
    const path = list(hashes.map(line), end, last);
    for (const hash of hashes) if (!(await holdsHash(path, hash))) throw new Error(`${hash} is not found`);
    for (let n = 0; n < 500; n += 1) expect(await holdsHash(path, sha1(`another ${n}`))).toBe(false);
    expect(await holdsHash(path, '0'.repeat(40))).toBe(false);
    expect(await holdsHash(path, 'F'.repeat(40))).toBe(false);
  });

  it.each([0, 1, 2, 3])('shows the hashes of a list of %i', async (length) => {
    const path = list(hashes.slice(0, length), '\n');
    for (const [n, hash] of hashes.slice(0, 4).entries()) expect(await holdsHash(path, hash)).toBe(n < length);
  });
});
