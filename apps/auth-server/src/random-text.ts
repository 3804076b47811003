import { randomFillSync } from 'node:crypto';

/** One call into the system's generator costs as much as two hundred of these values: so it fills a pool at a time. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** Random bytes of the system's generator as base64url text. No byte is given out twice. */
export function randomText(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('base64url', used, used + bytes);
  pool.fill(0, used, used + bytes);
  used += bytes;
  return text;
}
