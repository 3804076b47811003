import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { requestLogout, signInForLogout, type LoggedOut } from '../relying-party/logout.js';
import type { ModuleRun, SignedIn } from '../relying-party/module-run.js';
import { newState } from '../relying-party/random-text.js';
import { checkNobodyIsSignedIn } from './sessions.js';
import type { Module, Modules } from './module.js';

type Parameters = Readonly<Record<string, string>>;
interface Given {
  readonly hint: string;
  readonly returnTo: string;
  readonly state: string;
  readonly signedIn: SignedIn;
}

/** Signs in, logs out, and comes back with exactly this: the state where one was sent, and nothing else. */
const returns =
  (request: (given: Given) => Parameters): Module =>
  async (run) => {
    const { client, signedIn, returnTo } = await signInForLogout(run);
    const parameters = request({ hint: signedIn.idToken.encoded, returnTo, state: newState(128), signedIn });
    const { target } = await requestLogout(run, parameters);
    checkReturn(target, returnTo, parameters['state']);
    await checkNobodyIsSignedIn(run, client);
  };

export function checkReturn(target: URL | undefined, returnTo: string, state: string | undefined): void {
  expect(`${target?.origin}${target?.pathname}${target?.hash}`).toBe(returnTo);
  expect([...(target?.searchParams ?? [])]).toEqual(state === undefined ? [] : [['state', state]]);
}

/** Whatever the user presses, nobody is sent to an address that nobody vouched for. */
const staysHere =
  (request: (given: Given) => Parameters | Promise<Parameters>): Module =>
  async (run) => {
    const { signedIn, returnTo } = await signInForLogout(run);
    const given = { hint: signedIn.idToken.encoded, returnTo, state: newState(128), signedIn };
    const parameters = await request(given);
    const first = await requestLogout(run, parameters, { confirm: false });
    expect(first.target).toBeUndefined();
    expect(first.page.headers.get('content-type')).toMatch(/^text\/html\b/);
    const isErrorPage = first.page.status >= 400 && first.page.status < 500;
    expect(isErrorPage || (first.page.status === 200 && first.confirmation !== undefined)).toBe(true);
    checkNoWayTo(first, returnTo);
    if (first.confirmation !== undefined) expect((await requestLogout(run, parameters)).target).toBeUndefined();
  };

function checkNoWayTo({ page }: LoggedOut, returnTo: string): void {
  for (const element of [...page.find('a'), ...page.find('meta'), ...page.find('iframe'), ...page.find('script')])
    expect(JSON.stringify(element.attrs)).not.toContain(returnTo);
}

/** The user is logged out and told so; the client is not called. */
const endsHere =
  (request: (given: Given) => Parameters): Module =>
  async (run) => {
    const { client, signedIn, returnTo } = await signInForLogout(run);
    const given = { hint: signedIn.idToken.encoded, returnTo, state: newState(128), signedIn };
    const done = await requestLogout(run, request(given));
    expect(done.target).toBeUndefined();
    expect(done.page.status).toBe(200);
    expect(done.page.text).toContain('You are signed out');
    checkNoWayTo(done, returnTo);
    await checkNobodyIsSignedIn(run, client);
  };

/** The same claims under a key that the server has never seen, but names. */
async function signedByAnother({ idToken: { header, claims } }: SignedIn): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: header['kid'] as string }).sign(privateKey);
}

const unsigned = ({ idToken }: SignedIn): string => new UnsecuredJWT(idToken.claims).encode();

const full = ({ hint, returnTo, state }: Given): Parameters => ({
  id_token_hint: hint,
  post_logout_redirect_uri: returnTo,
  state,
});

export const RP_INITIATED_LOGOUT_MODULES: Modules = {
  'oidcc-rp-initiated-logout': returns(full),
  'oidcc-rp-initiated-logout-no-state': returns(({ hint, returnTo }) => ({
    id_token_hint: hint,
    post_logout_redirect_uri: returnTo,
  })),
  'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri': staysHere((given) => ({
    ...full(given),
    post_logout_redirect_uri: `${given.returnTo}-elsewhere`,
  })),
  'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri': staysHere((given) => ({
    ...full(given),
    post_logout_redirect_uri: `${given.returnTo}?foo=bar`,
  })),
  'oidcc-rp-initiated-logout-bad-id-token-hint': staysHere(async (given) => ({
    ...full(given),
    id_token_hint: await signedByAnother(given.signedIn),
  })),
  'oidcc-rp-initiated-logout-modified-id-token-hint': staysHere((given) => ({
    ...full(given),
    id_token_hint: unsigned(given.signedIn),
  })),
  'oidcc-rp-initiated-logout-no-id-token-hint': staysHere(({ returnTo, state }) => ({
    post_logout_redirect_uri: returnTo,
    state,
  })),
  'oidcc-rp-initiated-logout-no-params': endsHere(() => ({})),
  'oidcc-rp-initiated-logout-no-post-logout-redirect-uri': endsHere(({ hint, state }) => ({
    id_token_hint: hint,
    state,
  })),
  'oidcc-rp-initiated-logout-only-state': endsHere(({ state }) => ({ state })),
};

/** The usual logout, for the profiles that look at what it sets off. */
export async function logOut(
  run: ModuleRun,
  { idToken }: SignedIn,
  returnTo: string,
): Promise<LoggedOut & { readonly state: string }> {
  const state = newState(128);
  const parameters = { id_token_hint: idToken.encoded, post_logout_redirect_uri: returnTo, state };
  return { ...(await requestLogout(run, parameters)), state };
}
