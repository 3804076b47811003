import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { type CborValue, encodeCbor } from './cbor.js';

/** Flags of authenticator data (WebAuthn §6.1). */
const FLAGS = { present: 0x01, verified: 0x04, backupEligible: 0x08, backedUp: 0x10, attested: 0x40 } as const;
const AAGUID = Buffer.alloc(16);

/** A discoverable credential as the authenticator keeps it. */
export interface HeldCredential {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  /** PKCS #8, DER, base64: as the WebAuthn domain of Chromium's DevTools takes it. */
  readonly privateKey: string;
}

/** The options of a page, as JSON, as far as an authenticator and its browser look at them. */
export interface CeremonyOptions {
  readonly challenge: string;
  readonly rpId?: string;
  readonly rp?: { readonly id?: string };
  readonly user?: { readonly id: string };
  readonly excludeCredentials?: readonly { readonly id: string }[];
}

/** What a forged or broken authenticator, or a browser on another page, says instead of the truth. */
export interface Lies {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly verified?: boolean;
  readonly present?: boolean;
  readonly counter?: number;
  readonly userHandle?: string | undefined;
  /** Members of the attestation object instead of `none`. */
  readonly attestation?: { readonly fmt: string; readonly attStmt: ReadonlyMap<string, CborValue> };
}

/** A browser with an authenticator in software: ES256, user verification, discoverable credentials, attestation `none`. */
export class SoftwareAuthenticator {
  readonly credentials: HeldCredential[] = [];
  /** Signatures made; an authenticator that does not count stays at 0. */
  counter: number;

  constructor(
    private readonly origin: string,
    private readonly counts: boolean = true,
  ) {
    this.counter = counts ? 1 : 0;
  }

  /**
   * `navigator.credentials.create()` and `toJSON()`.
   *
   * @throws when it holds one of the excluded credentials, as a browser does.
   */
  create(options: CeremonyOptions, lies: Lies = {}): Readonly<Record<string, unknown>> {
    if (options.excludeCredentials?.some(({ id }) => this.credentials.some((held) => held.id === id)))
      throw new Error('InvalidStateError: the authenticator holds a credential of this account');
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const id = randomBytes(32);
    const rpId = options.rp?.id ?? '';
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    this.credentials.push({
      ...{ id: id.toString('base64url'), rpId, userHandle: options.user?.id ?? '' },
      privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    });
    // COSE_Key: kty EC2, alg ES256, crv P-256.
    const coseKey = new Map<number, CborValue>([
      ...([
        [1, 2],
        [3, -7],
        [-1, 1],
      ] as const),
      ...([
        [-2, Buffer.from(x, 'base64url')],
        [-3, Buffer.from(y, 'base64url')],
      ] as const),
    ]);
    const length = Buffer.from([id.length >> 8, id.length & 255]);
    const credential = Buffer.concat([AAGUID, length, id, encodeCbor(coseKey)]);
    const authData = Buffer.concat([this.authenticatorData(rpId, FLAGS.attested, lies), credential]);
    const { fmt, attStmt } = lies.attestation ?? { fmt: 'none', attStmt: new Map() };
    const attestation = new Map<string, CborValue>([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', authData],
    ]);
    return this.answer(id.toString('base64url'), {
      clientDataJSON: this.clientData('webauthn.create', options, lies).toString('base64url'),
      attestationObject: encodeCbor(attestation).toString('base64url'),
      transports: ['internal'],
    });
  }

  /**
   * `navigator.credentials.get()` without named credentials: the newest of the page's own signs.
   *
   * @throws when it holds none.
   */
  get(options: CeremonyOptions, lies: Lies = {}): Readonly<Record<string, unknown>> {
    const held = this.credentials.findLast(({ rpId }) => rpId === options.rpId);
    if (held === undefined) throw new Error('NotAllowedError: the authenticator holds no credential for this page');
    if (this.counts) this.counter += 1;
    const clientData = this.clientData('webauthn.get', options, lies);
    const authenticatorData = this.authenticatorData(held.rpId, 0, lies);
    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientData).digest()]);
    const key = createPrivateKey({ key: Buffer.from(held.privateKey, 'base64'), format: 'der', type: 'pkcs8' });
    return this.answer(held.id, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, key).toString('base64url'),
      userHandle: 'userHandle' in lies ? lies.userHandle : held.userHandle,
    });
  }

  private clientData(type: string, { challenge }: CeremonyOptions, lies: Lies): Buffer {
    return Buffer.from(
      JSON.stringify({
        type: lies.type ?? type,
        challenge: lies.challenge ?? challenge,
        origin: lies.origin ?? this.origin,
        crossOrigin: lies.crossOrigin ?? false,
      }),
    );
  }

  private authenticatorData(rpId: string, more: number, lies: Lies): Buffer {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(lies.counter ?? this.counter);
    const user = (lies.present === false ? 0 : FLAGS.present) | (lies.verified === false ? 0 : FLAGS.verified);
    const flags = Buffer.from([user | FLAGS.backupEligible | FLAGS.backedUp | more]);
    const rpIdHash = createHash('sha256')
      .update(lies.rpId ?? rpId)
      .digest();
    return Buffer.concat([rpIdHash, flags, counter]);
  }

  private answer(id: string, response: object): Readonly<Record<string, unknown>> {
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
      response,
    };
  }
}
