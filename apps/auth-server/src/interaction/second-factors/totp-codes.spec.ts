import { randomBytes } from 'node:crypto';
import type { SecretStore } from '@tandem/persistence';
import type { AuthServerConfig } from '../../config.js';
import { Clock } from '../../clock.js';
import { Issuer } from '../../endpoints.js';
import { ServerSecrets } from '../../signing-keys/server-secrets.js';
import { TotpCodes } from './totp-codes.js';

class SetClock extends Clock {
  seconds = 59;

  override now(): number {
    return this.seconds;
  }
}

let clock: SetClock;
let codes: TotpCodes;

beforeEach(async () => {
  clock = new SetClock();
  // Secrets that were never stored: what a first start makes.
  const store = { findOrAdd: (_name: string, sealed: Buffer) => Promise.resolve(sealed) } as unknown as SecretStore;
  const secrets = new ServerSecrets(store, { keyEncryptionKeys: [randomBytes(32)] } as unknown as AuthServerConfig);
  await secrets.load();
  codes = new TotpCodes(secrets, new Issuer('https://op.example/'), clock);
});

describe('codes of authenticator apps', () => {
  const secret = Buffer.from('12345678901234567890');

  // RFC 6238, appendix B, SHA1; the last six of its eight digits.
  it.each([
    [59, '287082', 1],
    [1_111_111_109, '081804', 37_037_036],
    [1_111_111_111, '050471', 37_037_037],
    [1_234_567_890, '005924', 41_152_263],
    [2_000_000_000, '279037', 66_666_666],
    [20_000_000_000, '353130', 666_666_666],
  ])('accepts the code of second %i as that of its step', (seconds, code, step) => {
    clock.seconds = seconds;
    expect(codes.stepOf(secret, code)).toBe(step);
    expect(codes.stepOf(secret, `${code.slice(0, 3)} ${code.slice(3)}`)).toBe(step);
  });

  it('accepts a code one step early or late, and no further', () => {
    for (const [seconds, step] of [
      [29, undefined],
      [30, 37_037_036],
    ] as const) {
      clock.seconds = 37_037_035 * 30 - 30 + seconds;
      expect(codes.stepOf(secret, '081804')).toBe(step);
    }
    clock.seconds = 37_037_037 * 30 + 29;
    expect(codes.stepOf(secret, '081804')).toBe(37_037_036);
    clock.seconds += 1;
    expect(codes.stepOf(secret, '081804')).toBeUndefined();
  });

  it.each(['', '28708', '2870822', '28708a', '２８７０８２', '287082; DROP'])(
    'refuses what is no code: %j',
    (typed) => {
      expect(codes.stepOf(secret, typed)).toBeUndefined();
    },
  );

  it('shows the secret as apps take it', () => {
    expect(codes.keyOf('alice@example.com', secret)).toEqual({
      uri: 'otpauth://totp/op.example:alice%40example.com?issuer=op.example&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
      key: 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ',
    });
  });
});

describe('a proposed secret', () => {
  it('accepts it back from its user for half an hour', () => {
    const proposal = codes.propose('usr_1');
    expect(codes.proposed('usr_1', proposal)).toHaveLength(20);
    clock.seconds += 1_800;
    expect(codes.proposed('usr_1', proposal)).toHaveLength(20);
    clock.seconds += 1;
    expect(codes.proposed('usr_1', proposal)).toBeUndefined();
  });

  it('refuses it for another user, changed, or as what is kept', () => {
    const proposal = codes.propose('usr_1');
    expect(codes.proposed('usr_2', proposal)).toBeUndefined();
    expect(codes.proposed('usr_1', `A${proposal.slice(1)}B`)).toBeUndefined();
    expect(codes.proposed('usr_1', '')).toBeUndefined();
    expect(() => codes.open('usr_1', Buffer.from(proposal, 'base64url'))).toThrow('can not be opened');
    const sealed = codes.seal('usr_1', Buffer.alloc(20, 1));
    expect(codes.open('usr_1', sealed)).toEqual(Buffer.alloc(20, 1));
    expect(() => codes.open('usr_2', sealed)).toThrow('can not be opened');
  });
});
