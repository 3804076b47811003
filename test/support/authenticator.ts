import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_SECONDS = 30;

function fromBase32(text: string): Buffer {
  const letters = text.replaceAll(' ', '').split('');
  const bits = letters.map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** RFC 4226 §5.3, on its own feet: the server's library is what is tested. */
function hotp(key: Buffer, counter: number): string {
  const moving = Buffer.alloc(8);
  moving.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', key).update(moving).digest();
  const offset = (digest.at(-1) as number) & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, '0');
}

/** An authenticator app on a phone that was given the key of a page. */
export class Authenticator {
  private readonly key: Buffer;
  private lastStep = 0;

  constructor(key: string) {
    this.key = fromBase32(key);
  }

  /** A code that was not shown before and that a server with some patience takes now: of the step before, this or the next. */
  code(): string {
    const now = Math.floor(Date.now() / 1_000 / STEP_SECONDS);
    this.lastStep = Math.max(this.lastStep + 1, now - 1);
    if (this.lastStep > now + 1) throw new Error('more codes were asked for than the time has');
    return hotp(this.key, this.lastStep);
  }

  /** A code that is none of those that count now. */
  wrongCode(): string {
    const now = Math.floor(Date.now() / 1_000 / STEP_SECONDS);
    const right = [-2, -1, 0, 1, 2].map((shift) => hotp(this.key, now + shift));
    for (let guess = 0; ; guess += 1) {
      const code = String(guess).padStart(6, '0');
      if (!right.includes(code)) return code;
    }
  }
}

/** The key that a page shows for typing. */
export const keyOn = (body: string): string => /id="key">([A-Z2-7 ]+)</.exec(body)?.[1] ?? '';

/** The recovery codes that a page shows. */
export const recoveryCodesOn = (body: string): readonly string[] =>
  [...body.matchAll(/class="recovery">([^<]+)</g)].map(([, code]) => code as string);
