import { compactVerify, decodeProtectedHeader } from 'jose';
import { verificationKey } from '../relying-party/id-token.js';
import type { Claims } from '../relying-party/claim-types.js';
import { RP_ORIGIN, type RegisteredClient } from '../relying-party/client.js';
import { signInForLogout } from '../relying-party/logout.js';
import type { ModuleRun, SignedIn } from '../relying-party/module-run.js';
import { withDeclaredRpSite, withRpSite, type ReceivedRequest, type RpSite } from '../relying-party/rp-site.js';
import { checkSessionAnswer } from '../relying-party/session-iframe.js';
import type { Module, Modules } from './module.js';
import { checkReturn, logOut } from './rp-initiated-logout.js';
import { checkNobodyIsSignedIn } from './sessions.js';

const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const DAY = 86_400;

const backchannel: Module = (run) => {
  const withSite = run.variant.registration === 'static' ? withDeclaredRpSite : withRpSite;
  return withSite((site) => backchannelAt(site, run));
};

async function backchannelAt(site: RpSite, run: ModuleRun): Promise<void> {
  const { client, signedIn, returnTo } = await signInForLogout(run, {
    backchannel_logout_uri: site.publish('/backchannel', ''),
    backchannel_logout_session_required: true,
  });
  const { target, state } = await logOut(run, signedIn, returnTo);
  checkReturn(target, returnTo, state);
  await checkLogoutRequest(run, client, signedIn, await site.nextRequest());
  await checkNobodyIsSignedIn(run, client);
}

/** OIDC Back-Channel Logout §2.4, §2.6. */
async function checkLogoutRequest(
  { provider }: ModuleRun,
  client: RegisteredClient,
  { idToken }: SignedIn,
  request: ReceivedRequest,
): Promise<void> {
  expect(request).toMatchObject({ method: 'POST', path: '/backchannel' });
  expect(request.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded\b/);
  const form = new URLSearchParams(request.body);
  expect([...form.keys()]).toEqual(['logout_token']);
  const token = form.get('logout_token') as string;
  const { kid, alg } = decodeProtectedHeader(token);
  expect(alg).toBe('RS256');
  const { payload } = await compactVerify(token, await verificationKey(provider, kid as string, 'RS256'));
  const claims = JSON.parse(new TextDecoder().decode(payload)) as Claims;
  const { iss, sub, sid } = idToken.claims;
  expect(sid).toEqual(expect.any(String));
  expect(claims).toMatchObject({ iss, sub, sid, jti: expect.any(String) as string });
  expect([claims.aud].flat()).toContain(client.clientId);
  expect(claims['events']).toEqual({ [LOGOUT_EVENT]: {} });
  expect(claims.iat).toBeLessThanOrEqual(Date.now() / 1_000 + 1);
  expect(claims.iat).toBeGreaterThan(Date.now() / 1_000 - DAY);
  expect(claims).not.toHaveProperty('nonce');
}

/** The page that a browser would show meanwhile: it loads the client's address in a frame, then goes back. */
const frontchannel: Module = async (run) => {
  const { client, signedIn, returnTo } = await signInForLogout(run, {
    frontchannel_logout_uri: `${RP_ORIGIN}/frontchannel`,
    frontchannel_logout_session_required: true,
  });
  const { page, state } = await logOut(run, signedIn, returnTo);
  expect(page.status).toBe(200);
  const frames = page.find('iframe').map(({ attrs }) => attrs.find(({ name }) => name === 'src')?.value ?? '');
  expect(frames).toHaveLength(1);
  const frame = new URL(frames[0] as string);
  expect(`${frame.origin}${frame.pathname}`).toBe(`${RP_ORIGIN}/frontchannel`);
  const { sid } = signedIn.idToken.claims;
  expect(Object.fromEntries(frame.searchParams)).toEqual({ iss: run.provider.issuer, sid });
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(new RegExp(`(frame|child)-src [^;]*${RP_ORIGIN}`));
  checkReturn(page.link('a.primary'), returnTo, state);
  await checkNobodyIsSignedIn(run, client);
};

/** The iframe's script, run over the browser's cookies as they are: unchanged while signed in, changed after. */
const sessionManagement: Module = async (run) => {
  const { client, signedIn, returnTo } = await signInForLogout(run);
  const sessionState = signedIn.parameters.get('session_state') as string;
  expect(sessionState).toMatch(/^[^\s]+$/);
  const message = `${client.clientId} ${sessionState}`;
  expect(await checkSessionAnswer(run, message)).toBe('unchanged');
  const { target, state } = await logOut(run, signedIn, returnTo);
  checkReturn(target, returnTo, state);
  expect(await checkSessionAnswer(run, message)).toBe('changed');
  await checkNobodyIsSignedIn(run, client);
};

export const LOGOUT_NOTIFICATION_MODULES: Modules = {
  'oidcc-backchannel-rp-initiated-logout': backchannel,
  'oidcc-frontchannel-rp-initiated-logout': frontchannel,
  'oidcc-session-management-rp-initiated-logout': sessionManagement,
};
