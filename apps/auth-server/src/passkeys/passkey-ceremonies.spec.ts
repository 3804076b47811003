import { createHash, randomBytes } from 'node:crypto';
import type { Passkey } from '@tandem/persistence';
import { SoftwareAuthenticator } from '@tandem/testing';
import type { CeremonyOptions, Lies } from '@tandem/testing';
import { Issuer } from '../endpoints.js';
import { canHavePasskeys, PasskeyCeremonies } from './passkey-ceremonies.js';
import { readAssertion, readAttestation } from './read-credential.js';

const ORIGIN = 'https://op.example';
const ceremonies = new PasskeyCeremonies(new Issuer(`${ORIGIN}/`));
const ALICE = {
  userId: 'usr_alice',
  email: 'alice@example.com',
  emailKey: 'alice@example.com',
  emailVerified: true,
  claims: {},
  updatedAt: 0,
};
const newChallenge = (): string => randomBytes(32).toString('base64url');

/** A passkey of Alice on an authenticator, made by the whole ceremony. */
async function enrolled(): Promise<{ readonly device: SoftwareAuthenticator; readonly passkey: Passkey }> {
  const device = new SoftwareAuthenticator(ORIGIN);
  const challenge = newChallenge();
  const answer = device.create((await ceremonies.creationOptions(ALICE, [], challenge)) as CeremonyOptions);
  const presented = await readAttestation(JSON.stringify(answer));
  const credential = presented && (await ceremonies.checkCreation(presented, challenge));
  if (credential === undefined) throw new Error('the ceremony failed');
  return { device, passkey: { ...credential, userId: ALICE.userId, name: 'Laptop', createdAt: 0 } };
}

async function signIn(lies: Lies = {}, tamper: (answer: string) => string = (answer) => answer): Promise<unknown> {
  const { device, passkey } = await enrolled();
  const challenge = newChallenge();
  const answer = device.get((await ceremonies.signInOptions(challenge)) as CeremonyOptions, lies);
  const presented = await readAssertion(tamper(JSON.stringify(answer)));
  return presented && ceremonies.checkSignIn(presented, passkey, challenge);
}

/** The last byte but one is the signature's, or the count's. */
function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[changed.length - 2] = (changed.at(-2) as number) ^ 1;
  return changed;
}

describe('what browsers are asked', () => {
  it('tells the issuer’s host, that the user must be verified, and no credential, for a sign-in', async () => {
    const challenge = newChallenge();
    expect(await ceremonies.signInOptions(challenge)).toMatchObject({
      ...{ rpId: 'op.example', challenge, userVerification: 'required', allowCredentials: undefined },
    });
  });

  it('tells for a new passkey what the user holds, a handle that says nothing, and to keep it discoverable', async () => {
    const { passkey } = await enrolled();
    const challenge = newChallenge();
    const options = await ceremonies.creationOptions(ALICE, [passkey], challenge);
    expect(options).toMatchObject({
      challenge,
      rp: { id: 'op.example' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      excludeCredentials: [{ id: passkey.credentialId, type: 'public-key', transports: ['internal'] }],
    });
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(32);
    expect(JSON.stringify(options)).not.toContain('usr_alice');
  });

  it.each([
    ['https://op.example/', true],
    ['http://localhost:3000/', true],
    ['http://op.localhost:3000/', true],
    ['https://192.0.2.7/', false],
    ['https://[2001:db8::1]/', false],
  ])('tells whether an issuer at %s can have passkeys: %s', (issuer, can) => {
    expect(canHavePasskeys(issuer)).toBe(can);
  });
});

describe('a sign-in', () => {
  it('accepts the passkey’s answer and tells its count', async () => {
    expect(await signIn()).toBe(2);
  });

  it.each<[string, Lies]>([
    ['for another challenge', { challenge: newChallenge() }],
    ['from another origin', { origin: 'https://op.example.evil.example' }],
    ['from the same host by http', { origin: 'http://op.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['of a parent domain', { rpId: 'example' }],
    ['of the other ceremony', { type: 'webauthn.create' }],
    ['from within another page’s frame', { crossOrigin: true }],
    ['without user verification', { verified: false }],
    ['without user presence', { present: false }],
    ['with the handle of another user', { userHandle: createHash('sha256').update('bob').digest('base64url') }],
    ['without a user handle', { userHandle: undefined }],
  ])('refuses an answer %s', async (_what, lies) => {
    expect(await signIn(lies)).toBeUndefined();
  });

  it('refuses a signature of another key', async () => {
    const [alice, other] = [await enrolled(), await enrolled()];
    const challenge = newChallenge();
    const answer = other.device.get((await ceremonies.signInOptions(challenge)) as CeremonyOptions);
    const presented = await readAssertion(JSON.stringify(answer));
    if (presented === undefined) throw new Error('unreadable');
    expect(await ceremonies.checkSignIn(presented, other.passkey, challenge)).toBe(2);
    expect(await ceremonies.checkSignIn(presented, alice.passkey, challenge)).toBeUndefined();
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['signature', flipped],
    ['authenticatorData', flipped],
    ['clientDataJSON', (bytes) => Buffer.concat([bytes, Buffer.from(' ')])],
  ])('refuses one whose %s was changed', async (member, change) => {
    const changed = await signIn({}, (answer) => {
      const credential = JSON.parse(answer) as { response: Record<string, string> };
      credential.response[member] = change(Buffer.from(credential.response[member] as string, 'base64url')).toString(
        'base64url',
      );
      return JSON.stringify(credential);
    });
    expect(changed).toBeUndefined();
  });

  it.each([
    ['', 'nothing'],
    ['null', 'null'],
    ['[]', 'a list'],
    ['{"id":"AA","rawId":"AA","type":"public-key"}', 'no response'],
    ['{"id":"AA","rawId":"AB","type":"public-key","response":{}}', 'two ids'],
    ['{"id":7,"rawId":7,"type":"public-key","response":{"clientDataJSON":{}}}', 'other types'],
  ])('refuses %j: %s', async (text) => {
    expect(await readAssertion(text)).toBeUndefined();
    expect(await readAttestation(text)).toBeUndefined();
  });
});

describe('a new passkey', () => {
  const create = async (lies: Lies = {}): Promise<unknown> => {
    const challenge = newChallenge();
    const options = (await ceremonies.creationOptions(ALICE, [], challenge)) as CeremonyOptions;
    const presented = await readAttestation(JSON.stringify(new SoftwareAuthenticator(ORIGIN).create(options, lies)));
    return presented && ceremonies.checkCreation(presented, challenge);
  };

  it('accepts what the authenticator has made', async () => {
    expect(await create()).toMatchObject({ counter: 1, transports: ['internal'] });
  });

  it.each<[string, Lies]>([
    ['for another challenge', { challenge: newChallenge() }],
    ['from another origin', { origin: 'https://evil.example' }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['of the other ceremony', { type: 'webauthn.get' }],
    ['from within another page’s frame', { crossOrigin: true }],
    ['without user verification', { verified: false }],
    ['without user presence', { present: false }],
    ['of no attestation but a statement', { attestation: { fmt: 'none', attStmt: new Map([['x', 1]]) } }],
  ])('refuses one %s', async (_what, lies) => {
    expect(await create(lies)).toBeUndefined();
  });

  it.each<[string, Lies['attestation']]>([
    [
      'certificates',
      {
        fmt: 'packed',
        attStmt: new Map<string, number | Buffer>([
          ['alg', -7],
          ['sig', Buffer.alloc(70)],
          ['x5c', Buffer.alloc(10)],
        ]),
      },
    ],
    ['a format that we did not ask for', { fmt: 'tpm', attStmt: new Map() }],
  ])('refuses to look at %s', async (_what, attestation) => {
    const options = (await ceremonies.creationOptions(ALICE, [], newChallenge())) as CeremonyOptions;
    const answer = JSON.stringify(new SoftwareAuthenticator(ORIGIN).create(options, { attestation }));
    expect(await readAttestation(answer)).toBeUndefined();
  });

  it('refuses a credential id beside the one that was signed for', async () => {
    const challenge = newChallenge();
    const options = (await ceremonies.creationOptions(ALICE, [], challenge)) as CeremonyOptions;
    const answer = new SoftwareAuthenticator(ORIGIN).create(options);
    const other = randomBytes(32).toString('base64url');
    const presented = await readAttestation(JSON.stringify({ ...answer, id: other, rawId: other }));
    if (presented === undefined) throw new Error('unreadable');
    expect(await ceremonies.checkCreation(presented, challenge)).toBeUndefined();
  });
});
