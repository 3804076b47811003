import fc from 'fast-check';
import {
  aCheckInput,
  aClient,
  aForm,
  anApi,
  anAuthorizationRequest,
  CHALLENGE,
  refusalOf,
} from '../builders.spec-support.js';
import { readAuthorizationParameters, type FormParameters } from './authorization-parameters.js';
import { checkAuthorizationRequest } from './check-authorization-request.js';
import { resolveReturnAddress } from './return-address.js';

describe('a checked request', () => {
  it('shows what was asked, frozen', () => {
    const request = anAuthorizationRequest({ code_challenge: CHALLENGE, code_challenge_method: 'S256', max_age: '60' });
    expect(request).toMatchObject({
      responseType: 'code id_token',
      parts: ['code', 'id_token'],
      scope: ['openid', 'profile'],
      scopeNarrowed: false,
      nonce: 'n-0S6_WzA2Mj',
      codeChallenge: CHALLENGE,
      maxAgeSeconds: 60,
    });
    expect(Object.isFrozen(request)).toBe(true);
  });

  it('tells when unknown scopes were left out', () => {
    expect(anAuthorizationRequest({ scope: 'openid admin' })).toMatchObject({ scope: ['openid'], scopeNarrowed: true });
  });

  it('accepts the scopes of the APIs that it names', () => {
    const request = anAuthorizationRequest({ scope: 'openid read:orders admin' }, { apis: [anApi()] });
    expect(request.scope).toEqual(['openid', 'read:orders']);
  });

  it('accepts offline_access only where a refresh token can be issued', () => {
    const offline = { scope: 'openid offline_access' };
    const scopeOf = (...args: Parameters<typeof anAuthorizationRequest>): readonly string[] =>
      anAuthorizationRequest(...args).scope;
    expect(scopeOf(offline)).toContain('offline_access');
    expect(scopeOf({ ...offline, response_type: 'id_token' })).not.toContain('offline_access');
    expect(scopeOf(offline, { apis: [anApi({ allowOfflineAccess: false })] })).not.toContain('offline_access');
    expect(scopeOf(offline, { client: aClient({ grantTypes: ['authorization_code'] }) })).not.toContain(
      'offline_access',
    );
  });

  it('tells the expected user from the hint before the claims parameter', () => {
    const claims = JSON.stringify({ id_token: { sub: { value: 'usr_2' } } });
    expect(anAuthorizationRequest({ claims }).expectedSubjects).toEqual(['usr_2']);
    expect(anAuthorizationRequest({}, { hint: { sub: 'usr_1' } }).expectedSubjects).toEqual(['usr_1']);
    expect(anAuthorizationRequest({ claims }, { hint: { sub: 'usr_1' } }).expectedSubjects).toEqual([]);
    const several = JSON.stringify({
      id_token: { sub: { values: ['usr_1', 'usr_2'] } },
      userinfo: { sub: { value: 'usr_2' } },
    });
    expect(anAuthorizationRequest({ claims: several }).expectedSubjects).toEqual(['usr_2']);
    expect(anAuthorizationRequest().expectedSubjects).toBeUndefined();
  });

  it('refuses by the first check that does not hold', () => {
    const bad = { response_type: 'bogus', prompt: 'none login', state: ['a', 'b'] };
    expect(refusalOf(() => anAuthorizationRequest(bad))).toBe('invalid_request');
    expect(refusalOf(() => anAuthorizationRequest({ ...bad, state: 'a' }))).toBe('unsupported_response_type');
  });

  it('refuses to echo what was sent in any description', () => {
    const marker = 'M4rk3r';
    for (const name of ['scope', 'prompt', 'max_age', 'response_type', 'claims', 'code_challenge', 'grant_id']) {
      expect(() => anAuthorizationRequest({ [name]: marker, scope: name === 'scope' ? marker : 'openid' })).toThrow(
        expect.objectContaining({ description: expect.not.stringContaining(marker) }) as Error,
      );
    }
  });
});

describe('the order of parameters and words', () => {
  const shuffledWords = (...words: readonly string[]): fc.Arbitrary<string> =>
    fc.shuffledSubarray([...words], { minLength: 1 }).map((chosen) => chosen.join(' '));
  const anything = fc.record(
    {
      response_type: shuffledWords('code', 'id_token', 'token', 'pigeon'),
      scope: shuffledWords('openid', 'profile', 'read:orders', 'offline_access', 'admin'),
      prompt: shuffledWords('login', 'consent', 'none', 'pigeon'),
      response_mode: fc.constantFrom('query', 'fragment', 'form_post', 'pigeon'),
      nonce: fc.constantFrom('', 'n'),
      max_age: fc.constantFrom('0', '-1'),
      code_challenge: fc.constant(CHALLENGE),
      code_challenge_method: fc.constantFrom('S256', 'plain'),
    },
    { requiredKeys: ['response_type', 'scope'] },
  );

  /** Half of the requests are good, so that both kinds of outcome come up. */
  const good = fc.record(
    {
      response_type: shuffledWords('code', 'id_token'),
      scope: shuffledWords('profile', 'read:orders', 'offline_access', 'admin').map((words) => `openid ${words}`),
      prompt: shuffledWords('login', 'consent', 'select_account'),
      response_mode: fc.constantFrom('fragment', 'form_post'),
    },
    { requiredKeys: ['response_type', 'scope'] },
  );

  /** What comes of a request, without the order of its scopes, which is that of the request. */
  function outcome(form: FormParameters): unknown {
    const client = aClient();
    const parameters = readAuthorizationParameters(form);
    const returnAddress = resolveReturnAddress(parameters, client);
    let request: unknown;
    const refusal = refusalOf(() => {
      const checked = checkAuthorizationRequest({
        ...aCheckInput(),
        parameters,
        client,
        returnAddress,
        apis: [anApi()],
      });
      request = { ...checked, scope: checked.scope.toSorted(), prompt: checked.prompt.toSorted() };
    });
    return { refusal, request, mode: returnAddress.responseMode };
  }

  it('tells nothing: any permutation has the same outcome', () => {
    const order = fc.infiniteStream(fc.nat());
    const seen = new Set<unknown>();
    fc.assert(
      fc.property(fc.oneof(good, anything), order, (changes, numbers) => {
        const shuffled = <T>(items: readonly T[]): readonly T[] =>
          items
            .map((item) => [numbers.next().value as number, item] as const)
            .toSorted(([a], [b]) => a - b)
            .map(([, item]) => item);
        const form = aForm(changes);
        const permuted = shuffled([...form]).map(([name, values]) => {
          const listed = ['response_type', 'scope', 'prompt'].includes(name);
          return [name, listed ? values.map((text) => shuffled(text.split(' ')).join(' ')) : values] as const;
        });
        const expected = outcome(form);
        seen.add((expected as { refusal: unknown }).refusal);
        expect(outcome(new Map(permuted))).toEqual(expected);
      }),
    );
    expect(seen.size).toBeGreaterThan(2);
    expect(seen).toContain(undefined);
  });
});
