import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi';
import { readResponse } from '../oidf/relying-party/authorization-response.js';
import type { Claims } from '../oidf/relying-party/claim-types.js';
import { RP_ORIGIN } from '../oidf/relying-party/client.js';
import type { ModuleRun } from '../oidf/relying-party/module-run.js';
import { requestUserinfo } from '../oidf/relying-party/userinfo.js';
import { placeOf, type Place, type ResponseType } from '../oidf/relying-party/variant.js';
import { withRun } from '../with-run.js';
import { forEachValue, type Exercise } from './exercise.js';

const API = 'https://api.tandem.example/';

/** What stands in userinfo or the token's scope only because of the scope. */
const scopes: Exercise = (values) =>
  withRun(
    async (run) => {
      const client = await run.register();
      const ofGrants = values.filter((value) => value.startsWith('grant_management_'));
      const rest = values.filter((value) => !ofGrants.includes(value));
      const grants = run.provider.metadata['grant_management_endpoint'] as string;
      for (const [scope, audience] of [
        [rest, API],
        [['openid', ...ofGrants], grants],
      ] as const) {
        const { tokens } = await run.signIn(client, { scope: scope.join(' '), audience });
        expect(tokens?.scope?.split(' ').sort()).toEqual([...scope].sort());
      }
    },
    { registration: 'static' },
  );

const responseTypes: Exercise = async (values) => {
  for (const value of values) {
    const responseType = value as ResponseType;
    await withRun(
      async (run) => {
        const client = await run.register();
        if (value !== 'token') return void (await run.signIn(client));
        // OAuth alone: there is no ID token to look at.
        const request = run.request(client);
        const parameters = run.readSuccess(request, await run.authorize(request));
        expect((await requestUserinfo(run.provider, parameters.get('access_token') as string)).status).toBe(200);
      },
      { responseType },
    );
  }
};

const PLACES: Readonly<Record<string, Place>> = { query: 'query', fragment: 'fragment', form_post: 'form' };

const responseMode = async (mode: string, run: ModuleRun): Promise<void> => {
  const client = await run.register();
  const request = run.request(client, { response_mode: mode });
  const { end } = await run.authorize(request);
  const place = PLACES[mode];
  if (place !== undefined) {
    expect(readResponse(end, client.redirectUri, place).get('code')).toEqual(expect.any(String));
    return;
  }
  // Nobody registers an origin for themselves: that it works is shown in a browser, by test/journeys/clients/auth0-spa-js.spec.ts.
  expect(mode).toBe('web_message');
  expect(end).toMatchObject({ kind: 'page', page: { status: 400 } });
};

const prompt = async (value: string, run: ModuleRun): Promise<void> => {
  const client = await run.register();
  await run.signIn(client);
  const request = run.request(client, { prompt: value });
  const endpoint = run.provider.metadata['authorization_endpoint'] as string;
  const first = await run.agent.open(`${endpoint}?${request.toString()}`, (target) => target.origin === RP_ORIGIN);
  if (value === 'create') {
    // A page of ours, for somebody new: what it offers is not the protocol's to say.
    expect([first.status, first.location]).toEqual([200, undefined]);
    return;
  }
  const again = await run.authorize(request);
  if (value === 'select_account') {
    // What follows a choice is test/journeys/accounts.spec.ts.
    expect(again.end).toMatchObject({ kind: 'page', page: { status: 200, url: { pathname: '/select-account' } } });
    return;
  }
  const pages = [again.loginPages.length, again.consentPages.length];
  expect({ value, pages }).toEqual({ value, pages: { login: [1, 0], consent: [0, 1] }[value] ?? [0, 0] });
  await run.complete(client, request, again);
};

const display = async (value: string, run: ModuleRun): Promise<void> => {
  await run.signIn(await run.register(), { display: value });
};

const uiLocale = async (value: string, run: ModuleRun): Promise<void> => {
  const { walk } = await run.signIn(await run.register(), { ui_locales: value });
  for (const page of [...walk.loginPages, ...walk.consentPages])
    expect(page.find('html')[0]?.attrs).toContainEqual(expect.objectContaining({ name: 'lang', value }));
};

const acr = async (value: string, run: ModuleRun): Promise<void> => {
  const client = await run.register();
  const claims = JSON.stringify({ id_token: { acr: { essential: true, values: [value] } } });
  if (value !== 'urn:tandem:acr:single-factor') {
    // The user is the one of all modules and must stay without a second factor: the rest is test/journeys/second-factor.spec.ts.
    const { end } = await run.authorize(run.request(client, { claims }));
    expect(end).toMatchObject({ kind: 'page', page: { status: 200, url: { pathname: '/login/second-factor' } } });
    return;
  }
  const { idToken } = await run.signIn(client, { claims });
  expect(idToken.claims['acr']).toBe(value);
};

const codeChallenge = async (method: string, run: ModuleRun): Promise<void> => {
  const client = await run.register();
  const verifier = generateRandomCodeVerifier();
  const challenge = await calculatePKCECodeChallenge(verifier);
  const request = run.request(client, { code_challenge: challenge, code_challenge_method: method });
  const taken = await run.authorize(request);
  const code = placeOf(run.variant) === 'query' ? run.readSuccess(request, taken).get('code') : null;
  const wrong = await run.sendCode(client, request, code as string, { more: { code_verifier: `${verifier}x` } });
  expect(wrong.status).toBe(400);
  const second = run.request(client, { code_challenge: challenge, code_challenge_method: method });
  await run.complete(client, second, await run.authorize(second), { more: { code_verifier: verifier } });
};

/** Every claim is somewhere: in the front ID token, the back one, or userinfo. */
const claims: Exercise = (values) =>
  withRun(
    async (run) => {
      const scope = 'openid profile email address phone';
      const client = await run.register();
      const request = run.request(client, { scope, max_age: '1000' });
      const taken = await run.authorize(request);
      const parameters = run.readSuccess(request, taken);
      const front = JSON.parse(
        Buffer.from((parameters.get('id_token') as string).split('.')[1] as string, 'base64url').toString(),
      ) as Claims;
      const userinfo = (await (
        await requestUserinfo(run.provider, parameters.get('access_token') as string)
      ).json()) as Claims;
      expect(values.filter((name) => !(name in front) && !(name in userinfo))).toEqual([]);
      for (const name of Object.keys({ ...front, ...userinfo })) expect(values).toContain(name);
    },
    { responseType: 'code id_token token' },
  );

export const REQUEST_EXERCISES: Readonly<Record<string, Exercise>> = {
  scopes_supported: scopes,
  response_types_supported: responseTypes,
  response_modes_supported: forEachValue(responseMode),
  prompt_values_supported: forEachValue(prompt),
  display_values_supported: forEachValue(display),
  ui_locales_supported: forEachValue(uiLocale),
  acr_values_supported: forEachValue(acr),
  code_challenge_methods_supported: forEachValue(codeChallenge),
  claims_supported: claims,
};
