import type { Changes, ModuleRun, SignedIn } from '../relying-party/module-run.js';
import type { RegisteredClient } from '../relying-party/client.js';
import { newNonce, newState } from '../relying-party/random-text.js';
import { wait, type Module, type Modules } from './module.js';

export const NO_INTERACTION_ERRORS = [
  'login_required',
  'interaction_required',
  'account_selection_required',
  'consent_required',
];

const authTime = ({ idToken }: SignedIn): number => {
  expect(idToken.claims['auth_time']).toEqual(expect.any(Number));
  return idToken.claims['auth_time'] as number;
};

/** Instants of tokens count seconds: after more than one, an old `auth_time` can be told from a new one. */
const TELLING_PAUSE_SECONDS = 1.1;

/** Two requests in one browser: the first signs in; `again` says whether the second must. */
async function twice(
  run: ModuleRun,
  again: boolean,
  {
    pause = TELLING_PAUSE_SECONDS,
    first = {},
    second,
  }: { pause?: number; first?: Changes; second: (first: SignedIn) => Changes },
): Promise<readonly [SignedIn, SignedIn]> {
  const client = await run.register();
  const one = await run.signIn(client, first);
  expect(one.walk.loginPages).toHaveLength(1);
  await wait(pause);
  const two = await run.signIn(client, second(one));
  expect(two.walk.loginPages).toHaveLength(again ? 1 : 0);
  if (!again) expect(two.walk.consentPages).toEqual([]);
  expect(two.idToken.claims.sub).toBe(one.idToken.claims.sub);
  return [one, two];
}

const promptLogin: Module = async (run) => {
  const [one, two] = await twice(run, true, { second: () => ({ prompt: 'login' }) });
  expect(authTime(two)).toBeGreaterThan(authTime(one));
};

const maxAge1: Module = async (run) => {
  const [one, two] = await twice(run, true, { pause: 2, second: () => ({ max_age: '1' }) });
  expect(authTime(two)).toBeGreaterThan(authTime(one));
  expect(authTime(two)).toBeGreaterThan(Date.now() / 1_000 - 60);
};

const maxAge10000: Module = async (run) => {
  const [one, two] = await twice(run, false, {
    first: { max_age: '15000' },
    second: () => ({ max_age: '10000' }),
  });
  expect(authTime(two)).toBe(authTime(one));
};

const promptNoneLoggedIn: Module = async (run) => {
  const [one, two] = await twice(run, false, { second: () => ({ prompt: 'none' }) });
  expect(authTime(two)).toBe(authTime(one));
};

const idTokenHint: Module = async (run) => {
  const [one, two] = await twice(run, false, {
    second: ({ idToken }) => ({ prompt: 'none', id_token_hint: idToken.encoded }),
  });
  expect(authTime(two)).toBe(authTime(one));
};

const promptNoneNotLoggedIn: Module = async (run) => {
  await checkNobodyIsSignedIn(run, await run.register());
};

/** Asks silently who is signed in; nobody must be. */
export async function checkNobodyIsSignedIn(run: ModuleRun, client: RegisteredClient): Promise<void> {
  const request = run.request(client, { prompt: 'none', state: newState(128), nonce: newNonce() });
  expect(NO_INTERACTION_ERRORS).toContain(await run.fail(client, request));
}

export const SESSION_MODULES: Modules = {
  'oidcc-prompt-login': promptLogin,
  'oidcc-prompt-none-not-logged-in': promptNoneNotLoggedIn,
  'oidcc-prompt-none-logged-in': promptNoneLoggedIn,
  'oidcc-max-age-1': maxAge1,
  'oidcc-max-age-10000': maxAge10000,
  'oidcc-id-token-hint': idTokenHint,
};
