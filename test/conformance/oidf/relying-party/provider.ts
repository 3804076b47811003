import { tandemUnderTest } from '../../../support/tandem-under-test.js';

export interface PublicKey {
  readonly kid: string;
  readonly kty: string;
  readonly alg?: string;
  readonly use?: string;
  readonly [member: string]: unknown;
}

/** What a relying party knows of the server: its metadata and its keys, both checked. */
export interface Provider {
  readonly issuer: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly keys: readonly PublicKey[];
}

const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
const KNOWN_KEYS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['x', 'y'],
  OKP: ['x'],
};

/**
 * The suite wants https everywhere. The server under test runs on this machine without a certificate, so its own
 * addresses may be http on a loopback name; this is the one place where the mirrored modules are milder than the suite.
 */
export function checkHttps(address: unknown): void {
  expect(address).toEqual(expect.any(String));
  const { protocol, hostname } = new URL(address as string);
  if (!['localhost', '127.0.0.1'].includes(hostname)) expect(protocol).toBe('https:');
}

/** Reads the discovery document and the key set afresh, with the checks that every module begins with. */
export async function discover(clientAuthentication?: string): Promise<Provider> {
  const { issuer } = tandemUnderTest();
  const metadata = await getJson(`${issuer}.well-known/openid-configuration`);
  expect(metadata['issuer']).toBe(issuer);
  checkHttps(metadata['authorization_endpoint']);
  checkHttps(metadata['token_endpoint']);
  if (clientAuthentication !== undefined)
    expect(metadata['token_endpoint_auth_methods_supported']).toContain(clientAuthentication);
  return { issuer, metadata, keys: await fetchKeys(metadata['jwks_uri']) };
}

export async function fetchKeys(jwksUri: unknown): Promise<readonly PublicKey[]> {
  checkHttps(jwksUri);
  const { keys } = await getJson(jwksUri as string);
  expect(keys).toEqual(expect.any(Array));
  const list = keys as readonly PublicKey[];
  for (const key of list) checkPublicKey(key);
  expect(new Set(list.map(({ kid }) => kid)).size).toBe(list.length);
  return list;
}

function checkPublicKey(key: PublicKey): void {
  expect(Object.keys(key).filter((name) => PRIVATE_MEMBERS.includes(name))).toEqual([]);
  expect(key.kid.trim()).not.toBe('');
  expect(Object.keys(KNOWN_KEYS)).toContain(key.kty);
  for (const member of KNOWN_KEYS[key.kty] ?? []) expect(key[member]).toMatch(/^[A-Za-z0-9_-]+$/);
}

async function getJson(url: string): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json\b/);
  return (await response.json()) as Readonly<Record<string, unknown>>;
}
