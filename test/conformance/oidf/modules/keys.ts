import { tandemCommand } from '../../../support/tandem-command.js';
import { newClientKey, RP_ORIGIN } from '../relying-party/client.js';
import { fetchKeys, type PublicKey } from '../relying-party/provider.js';
import { newNonce, randomText } from '../relying-party/random-text.js';
import { withRpSite } from '../relying-party/rp-site.js';
import { brings } from '../relying-party/variant.js';
import { wait, type Module, type Modules } from './module.js';
import { refresh, signInOffline } from './refresh.js';

const signingKeys = (keys: readonly PublicKey[]): readonly PublicKey[] => keys.filter(({ use }) => use !== 'enc');

/** The operator rotates; the new key is published, and the old one stays for the tokens that it has signed. */
const serverRotatesKeys: Module = async (run) => {
  const client = await run.register();
  const before = await run.signIn(client);
  const jwksUri = run.provider.metadata['jwks_uri'];
  const old = signingKeys(run.provider.keys);
  await rotateOnce();
  const fresh = await keysBeyond(jwksUri, old);
  const added = fresh.filter(({ kid }) => !old.some((key) => key.kid === kid));
  expect(added.length).toBeGreaterThan(0);
  for (const { n } of added) expect(old.map((key) => key['n'])).not.toContain(n);
  expect(fresh.map(({ kid }) => kid)).toContain(before.idToken.header['kid']);
  await run.signIn(client);
};

/** One at a time: the command is a whole process, and the machine has others to run. */
let rotation: Promise<unknown> = Promise.resolve();
function rotateOnce(): Promise<unknown> {
  rotation = rotation.catch(() => undefined).then(() => tandemCommand(['keys', 'rotate', 'RS256']));
  return rotation;
}

/** The server hears of the rotation by its own way; it must not take long. */
async function keysBeyond(jwksUri: unknown, old: readonly PublicKey[]): Promise<readonly PublicKey[]> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const keys = signingKeys(await fetchKeys(jwksUri));
    if (keys.some(({ kid }) => !old.some((key) => key.kid === kid))) return keys;
    await wait(0.1);
  }
  throw new Error('the server publishes no new key');
}

/** The suite gives the server 60 seconds by default; half of that has to be enough here. */
const REFETCHED_WITHIN_SECONDS = 31;

const clientRotatesKeys: Module = (run) =>
  withRpSite(async (site) => {
    const [oldKey, newKey] = [await newClientKey(), await newClientKey()];
    const jwksUri = site.publish(`/jwks-${randomText(8)}.json`, { keys: [oldKey.publicJwk] });
    const path = new URL(jwksUri).pathname;
    const client = await run.register({ jwks: undefined, jwks_uri: jwksUri, withRefreshToken: true }, oldKey);
    const signedIn = await signInOffline(run, client, newNonce());
    site.publish(path, { keys: [newKey.publicJwk] });
    await wait(REFETCHED_WITHIN_SECONDS);
    await refresh(run, client, signedIn, { assertion: { key: newKey } });
  });

/** The issuer as audience of a client assertion, beside the token endpoint's address. */
const issuerAsAudience: Module = async (run) => {
  const client = await run.register({ redirect_uris: [`${RP_ORIGIN}/${randomText(12)}/callback`] });
  const request = run.request(client);
  const taken = await run.authorize(request);
  const audience = run.provider.issuer;
  const { tokens } = await run.complete(client, request, taken, { assertion: { audience } });
  expect(tokens !== undefined).toBe(brings(run.variant.responseType, 'code'));
};

export const KEY_MODULES: Modules = {
  'oidcc-server-rotate-keys': serverRotatesKeys,
  'oidcc-refresh-token-rp-key-rotation': clientRotatesKeys,
  'oidcc-ensure-client-assertion-with-iss-aud-succeeds': issuerAsAudience,
};
