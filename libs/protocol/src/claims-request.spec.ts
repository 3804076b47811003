import fc from 'fast-check';
import { refusalOf } from './builders.spec-support.js';
import { demandedValues, readClaimsRequest } from './claims-request.js';

const refusal = (text: string): string | undefined => refusalOf(() => readClaimsRequest(text));
const nested = (depth: number): string =>
  '{"userinfo":{"name":{"value":' + '['.repeat(depth) + ']'.repeat(depth) + '}}}';

describe('the claims parameter', () => {
  it('accepts the example of OIDC Core §5.5', () => {
    const read = readClaimsRequest(`{
      "userinfo": {"given_name": {"essential": true}, "nickname": null, "email_verified": {"essential": true},
                   "http://example.info/claims/groups": null},
      "id_token": {"auth_time": {"essential": true}, "acr": {"values": ["urn:mace:incommon:iap:silver"]}}}`);
    expect(read?.userinfo['given_name']).toEqual({ essential: true });
    expect(read?.userinfo['nickname']).toBeNull();
    expect(read?.idToken['acr']).toEqual({ values: ['urn:mace:incommon:iap:silver'] });
    expect(Object.getPrototypeOf(read?.userinfo)).toBeNull();
  });

  it('accepts the languages of claims_locales, with the parameter and without', () => {
    expect(readClaimsRequest(undefined, 'fr-CA  fr')).toEqual({ userinfo: {}, idToken: {}, locales: ['fr-CA', 'fr'] });
    expect(readClaimsRequest('{"userinfo":{"name":null}}', 'de')).toMatchObject({ locales: ['de'] });
    expect(readClaimsRequest('{}')).not.toHaveProperty('locales');
  });

  it('accepts absence, unknown members and unknown members of a demand', () => {
    expect(readClaimsRequest(undefined)).toBeUndefined();
    expect(readClaimsRequest('{"other":{"x":1}}')).toMatchObject({});
    expect(readClaimsRequest('{"id_token":{"acr":{"purpose":"x"}}}')?.idToken['acr']).toEqual({});
  });

  it.each([
    ['text', 'hello'],
    ['an unfinished object', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '1'],
    ['userinfo that is a list', '{"userinfo":[]}'],
    ['id_token that is text', '{"id_token":"x"}'],
    ['a demand that is true', '{"id_token":{"acr":true}}'],
    ['a demand that is a list', '{"id_token":{"acr":[]}}'],
    ['essential that is text', '{"id_token":{"acr":{"essential":"true"}}}'],
    ['values that is text', '{"id_token":{"acr":{"values":"x"}}}'],
    ['__proto__ at the top', '{"__proto__":{"x":1}}'],
    ['constructor among the claims', '{"userinfo":{"constructor":{}}}'],
    ['prototype in a demand', '{"userinfo":{"name":{"value":{"prototype":1}}}}'],
    ['an escaped __proto__', '{"userinfo":{"\\u005f_proto__":null}}'],
    ['__proto__ in a list', '{"userinfo":{"name":{"values":[{"__proto__":1}]}}}'],
    ['an escaped NUL in a value', '{"id_token":{"acr":{"value":"\\u0000"}}}'],
    ['half a surrogate pair in a list', '{"id_token":{"acr":{"values":["\\ud800"]}}}'],
    ['a control character in a name', '{"userinfo":{"na\\nme":null}}'],
    [
      '65 claims',
      JSON.stringify({ userinfo: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`c${n}`, null])) }),
    ],
    ['more than 4096 bytes', JSON.stringify({ userinfo: { name: { value: 'é'.repeat(2_048) } } })],
    ['too many levels', nested(6)],
  ])('refuses %s', (_what, text) => {
    expect(refusal(text)).toBe('invalid_request');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('accepts 64 claims and a few levels', () => {
    const claims = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`c${n}`, null]));
    expect(refusal(JSON.stringify({ userinfo: claims, id_token: claims }))).toBeUndefined();
    expect(refusal(nested(1))).toBeUndefined();
  });

  it('refuses a million nested lists before parsing them', () => {
    const sent = '['.repeat(1_000_000);
    // The best of three, so that a busy machine does not count against it; parsing takes hundreds of milliseconds.
    const times = [1, 2, 3].map(() => {
      const started = performance.now();
      expect(refusal(sent)).toBe('invalid_request');
      return performance.now() - started;
    });
    expect(Math.min(...times)).toBeLessThan(20);
  });

  it('tells the values that a demand admits', () => {
    expect(demandedValues({ value: 'a' })).toEqual(['a']);
    expect(demandedValues({ values: ['a', 'b'] })).toEqual(['a', 'b']);
    expect(demandedValues({ essential: true })).toBeUndefined();
    expect(demandedValues(null)).toBeUndefined();
    expect(demandedValues(undefined)).toBeUndefined();
  });

  it('accepts of any JSON only the known shape, quickly, and leaves Object.prototype alone', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'userinfo',
        'id_token',
        'acr',
        'name',
        '__proto__',
        'constructor',
        'prototype',
        'essential',
        'values',
        'value',
      ),
      fc.string(),
    );
    const json = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        fc.constant(null),
        fc.boolean(),
        fc.string(),
        fc.integer(),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc
        .array(fc.tuple(name, tie('value')), { maxLength: 5 })
        .map((entries) => `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${text(value)}`).join(',')}}`),
    }));
    // Maps are made as text, since an object literal could not hold __proto__ as a name.
    const text = (value: unknown): string => {
      if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
      return typeof value === 'string' && value.startsWith('{') ? value : JSON.stringify(value);
    };
    const milliseconds: number[] = [];
    const before = Object.getOwnPropertyNames(Object.prototype).sort();
    fc.assert(
      fc.property(json.map, json.map, json.map, (userinfo, idToken, any) => {
        for (const sent of [text(any), `{"userinfo":${text(userinfo)},"id_token":${text(idToken)}}`]) {
          const started = performance.now();
          const refused = refusal(sent);
          milliseconds.push(performance.now() - started);
          if (refused !== undefined) expect(refused).toBe('invalid_request');
          else expectKnownShape(sent);
        }
      }),
    );
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before);
    // A busy machine may hold up a few of them.
    expect(milliseconds.toSorted((a, b) => a - b)[Math.floor(milliseconds.length * 0.95)]).toBeLessThan(20);
  });
});

function expectKnownShape(sent: string): void {
  const read = readClaimsRequest(sent);
  expect(Object.keys(read ?? {}).sort()).toEqual(['idToken', 'userinfo']);
  for (const demand of [...Object.values(read?.userinfo ?? {}), ...Object.values(read?.idToken ?? {})]) {
    const { essential, values, value: _value, ...rest } = demand ?? {};
    expect(rest).toEqual({});
    expect(['boolean', 'undefined']).toContain(typeof essential);
    expect(values === undefined || Array.isArray(values)).toBe(true);
  }
}
