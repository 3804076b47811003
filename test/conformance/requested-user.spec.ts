/** Requests that name their user or how to sign in: hints, `sub` and `acr` in the claims parameter (OIDC Core §3.1.2.1, §5.5.1). */
import { SignJWT, UnsecuredJWT } from 'jose';
import { newClientKey } from './oidf/relying-party/client.js';
import { withRun } from './with-run.js';

const claimsFor = (place: 'id_token' | 'userinfo', name: string, demand: object): string =>
  JSON.stringify({ [place]: { [name]: demand } });

describe('a request for a certain user', () => {
  it.each(['id_token', 'userinfo'] as const)('accepts the sub of the user in %s, and refuses another', (place) =>
    withRun(async (run) => {
      const client = await run.register();
      const { idToken } = await run.signIn(client);
      const sub = idToken.claims.sub as string;
      for (const demand of [{ value: sub }, { essential: true, value: sub }, { values: ['usr_other', sub] }])
        await run.signIn(client, { prompt: 'none', claims: claimsFor(place, 'sub', demand) });
      for (const demand of [{ value: 'usr_other' }, { values: [] }, { value: 1 }]) {
        const request = run.request(client, { prompt: 'none', claims: claimsFor(place, 'sub', demand) });
        expect(await run.fail(client, request)).toBe('login_required');
      }
    }),
  );

  it('accepts a pairwise sub only from the client that knows it', () =>
    withRun(async (run) => {
      const [pairwise, usual] = [await run.register({ subject_type: 'pairwise' }), await run.register()];
      const { idToken } = await run.signIn(pairwise);
      await run.signIn(usual);
      const claims = claimsFor('id_token', 'sub', { value: idToken.claims.sub });
      await run.signIn(pairwise, { prompt: 'none', claims });
      expect(await run.fail(usual, run.request(usual, { prompt: 'none', claims }))).toBe('login_required');
    }));

  it('shows the sign-in when the expected user is not the one signed in, and answers an error when another comes', () =>
    withRun(async (run) => {
      const client = await run.register();
      await run.signIn(client);
      const request = run.request(client, { claims: claimsFor('id_token', 'sub', { value: 'usr_other' }) });
      const taken = await run.authorize(request);
      expect(taken.loginPages).toHaveLength(1);
      expect(run.errorOf(client, request, taken)).toBe('login_required');
    }));

  it('refuses an id_token_hint that is forged, unsigned, or of another client', () =>
    withRun(async (run) => {
      const [client, other] = [await run.register(), await run.register()];
      const { idToken } = await run.signIn(client);
      const foreign = (await run.signIn(other)).idToken;
      const { privateKey } = await newClientKey();
      const forged = await new SignJWT(idToken.claims)
        .setProtectedHeader({ alg: 'RS256', kid: idToken.header['kid'] as string, typ: 'JWT' })
        .sign(privateKey);
      const unsigned = new UnsecuredJWT(idToken.claims).encode();
      for (const hint of [forged, unsigned, foreign.encoded, 'no token']) {
        const request = run.request(client, { prompt: 'none', id_token_hint: hint });
        expect(await run.fail(client, request)).toBe('invalid_request');
      }
    }));

  it('shows the login_hint in the form, escaped', () =>
    withRun(async (run) => {
      const client = await run.register();
      const hint = 'bob"><script>@example.com';
      const { walk } = await run.signIn(client, { login_hint: hint });
      const [field] = walk.loginPages[0]?.find('input[name=username]') ?? [];
      expect(field?.attrs).toContainEqual(expect.objectContaining({ name: 'value', value: hint }));
      expect(walk.loginPages[0]?.find('script')).toEqual([]);
    }));
});

describe('a request for a certain sign-in', () => {
  it('accepts acr_values and a voluntary acr that nobody here can reach, and tells the one that it was', () =>
    withRun(async (run) => {
      const supported = run.provider.metadata['acr_values_supported'] as readonly string[];
      const client = await run.register();
      const claims = claimsFor('id_token', 'acr', { values: ['urn:example:retina'] });
      const { idToken } = await run.signIn(client, { claims });
      expect(supported).toContain(idToken.claims['acr']);
    }));

  it('refuses an essential acr that nobody here can reach, before the user is asked anything', () =>
    withRun(async (run) => {
      const client = await run.register();
      const claims = claimsFor('id_token', 'acr', { essential: true, values: ['urn:example:retina'] });
      expect(await run.fail(client, run.request(client, { claims }))).toBe('unmet_authentication_requirements');
    }));

  it.each([
    ['prompt=none beside another', { prompt: 'none login' }],
    ['an unknown prompt', { prompt: 'dance' }],
    ['a max_age that is no number', { max_age: '1e3' }],
    ['a negative max_age', { max_age: '-1' }],
    ['claims that are no JSON', { claims: '{' }],
    ['an unknown response_mode', { response_mode: 'pigeon' }],
    ['PKCE plain', { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'plain' }],
  ])('refuses %s at the address of the client', (_what, changes) =>
    withRun(async (run) => {
      const client = await run.register();
      expect(await run.fail(client, run.request(client, changes))).toBe('invalid_request');
    }),
  );

  it('accepts max_age=0 as a wish for a fresh sign-in, within the same second too', () =>
    withRun(async (run) => {
      const client = await run.register();
      await run.signIn(client);
      expect((await run.signIn(client, { max_age: '0' })).walk.loginPages).toHaveLength(1);
    }));

  it('accepts the default_max_age of the client where the request has none', () =>
    withRun(async (run) => {
      const client = await run.register({ default_max_age: 0 });
      await run.signIn(client);
      expect((await run.signIn(client)).walk.loginPages).toHaveLength(1);
      expect((await run.signIn(client, { max_age: '600' })).walk.loginPages).toEqual([]);
    }));
});
