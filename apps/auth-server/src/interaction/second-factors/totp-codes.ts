import { Injectable } from '@nestjs/common';
import { Secret, TOTP } from 'otpauth';
import { Clock } from '../../clock.js';
import { Issuer } from '../../endpoints.js';
import { ServerSecrets } from '../../signing-keys/server-secrets.js';

/** What every authenticator app can do: SHA-1, six digits, half a minute (RFC 6238). */
const ALGORITHM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** Steps before and after the present one that count too: phones' clocks differ. */
const WINDOW = 1;
const SECRET_BYTES = 20;
/** How long a secret that is shown waits for its first code; seconds. */
const SET_UP_SECONDS = 1_800;

/** A secret as an app takes it: by a picture of `uri`, or typed. */
export interface TotpKey {
  readonly uri: string;
  readonly key: string;
}

/** The codes of authenticator apps, and their secrets, which leave this file sealed or to their user. */
@Injectable()
export class TotpCodes {
  constructor(
    private readonly secrets: ServerSecrets,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  /** A new secret, sealed for a form that brings it back with its first code: nothing is kept before that. */
  propose(userId: string): string {
    const until = Buffer.alloc(8);
    until.writeBigUInt64BE(BigInt(this.clock.now() + SET_UP_SECONDS));
    const secret = Buffer.from(new Secret({ size: SECRET_BYTES }).bytes);
    return this.secrets.seal(proposalOf(userId), Buffer.concat([until, secret])).toString('base64url');
  }

  /** The secret that was proposed to this user; undefined when it is another's, too old, or no proposal of ours. */
  proposed(userId: string, proposal: string): Buffer | undefined {
    try {
      const opened = this.secrets.open(proposalOf(userId), Buffer.from(proposal, 'base64url'));
      return opened.readBigUInt64BE() < BigInt(this.clock.now()) ? undefined : opened.subarray(8);
    } catch {
      return undefined;
    }
  }

  keyOf(email: string, secret: Buffer): TotpKey {
    const totp = this.totp(secret, email);
    return { uri: totp.toString(), key: totp.secret.base32.replaceAll(/(.{4})(?=.)/g, '$1 ') };
  }

  seal(userId: string, secret: Buffer): Buffer {
    return this.secrets.seal(`totp|${userId}`, secret);
  }

  open(userId: string, sealed: Buffer): Buffer {
    return this.secrets.open(`totp|${userId}`, sealed);
  }

  /** The time step that a typed code belongs to; undefined when it fits none that counts now. */
  stepOf(secret: Buffer, typed: string): number | undefined {
    const token = typed.replaceAll(/[\s-]/g, '');
    if (!/^\d{6}$/.test(token)) return undefined;
    const timestamp = this.clock.now() * 1_000;
    const totp = this.totp(secret);
    const delta = totp.validate({ token, timestamp, window: WINDOW });
    return delta === null ? undefined : totp.counter({ timestamp }) + delta;
  }

  private totp(secret: Buffer, label?: string): TOTP {
    return new TOTP({
      ...ALGORITHM,
      issuer: new URL(this.issuer.origin).host,
      secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
      ...(label === undefined ? {} : { label }),
    });
  }
}

const proposalOf = (userId: string): string => `totp proposal|${userId}`;
