import fc from 'fast-check';
import { CALLBACK, SUPPORTED } from '../builders.spec-support.js';
import { encodeClientMetadata, readClientMetadata, type MetadataSource } from './read-client-metadata.js';

type Input = Readonly<Record<string, unknown>>;
const read = (input: Input, source: MetadataSource = 'registered'): ReturnType<typeof readClientMetadata> =>
  readClientMetadata({ redirect_uris: [CALLBACK], ...input }, source, SUPPORTED);
const pathsOf = (input: Input, source?: MetadataSource): readonly string[] =>
  read(input, source).problems.map(({ path }) => path);

describe('client metadata', () => {
  it('accepts the least a client can say, with the defaults of OpenID Dynamic Registration §2', () => {
    const { metadata, problems } = read({});
    expect(problems).toEqual([]);
    expect(metadata).toMatchObject({
      redirectUris: [CALLBACK],
      responseTypes: ['code'],
      grantTypes: ['authorization_code'],
      tokenEndpointAuthMethod: 'client_secret_basic',
      applicationType: 'web',
      idTokenSignedResponseAlg: 'RS256',
      subjectType: 'public',
      requireAuthTime: false,
      requirePkce: false,
      skipConsent: false,
      audiences: [],
    });
  });

  it.each([
    ['registered', ['code'], ['authorization_code']],
    ['registered', ['id_token'], ['implicit']],
    ['registered', ['code id_token'], ['authorization_code', 'implicit']],
    ['declared', ['code'], ['authorization_code', 'refresh_token']],
    ['declared', ['code', 'code id_token token'], ['authorization_code', 'implicit', 'refresh_token']],
    ['declared', ['id_token'], ['implicit']],
  ] as const)('accepts of a %s client with %j the grant types %j by default', (source, types, expected) => {
    expect(read({ response_types: types }, source).metadata.grantTypes).toEqual(expected);
  });

  it('accepts response types in any word order, in our spelling', () => {
    expect(read({ response_types: ['id_token code'] }).metadata.responseTypes).toEqual(['code id_token']);
  });

  it('accepts null as absent', () => {
    expect(read({ client_uri: null, jwks: null, default_max_age: null }).problems).toEqual([]);
  });

  it('accepts an encryption alg alone, with the enc of OpenID Dynamic Registration §2', () => {
    const { metadata } = read({ id_token_encrypted_response_alg: 'ECDH-ES', jwks_uri: `${CALLBACK}/jwks` });
    expect(metadata).toMatchObject({ idTokenEncryptedResponseEnc: 'A128CBC-HS256' });
    expect(metadata).not.toHaveProperty('userinfoEncryptedResponseEnc');
    expect(read({}).metadata).not.toHaveProperty('idTokenEncryptedResponseEnc');
  });

  it('refuses a front-channel logout address where the client has no redirect_uri', () => {
    const at = (origin: string): readonly string[] => pathsOf({ frontchannel_logout_uri: `${origin}/logout` });
    const { origin, host } = new URL(CALLBACK);
    expect(at(origin)).toEqual([]);
    for (const foreign of ['https://elsewhere.example', `https://sub.${host}`, `${origin}:8443`])
      expect(at(foreign)).toEqual(['frontchannel_logout_uri']);
  });

  it('accepts texts per language (RFC 7591 §2.2)', () => {
    const { metadata, problems } = read({
      client_name: 'Shop',
      'client_name#de': 'Laden',
      'client_name#ja-Jpan-JP': '店',
    });
    expect(problems).toEqual([]);
    expect(metadata.clientName).toEqual({ '': 'Shop', de: 'Laden', 'ja-Jpan-JP': '店' });
  });

  it('refuses a bad text in one language by the name it was sent under', () => {
    expect(pathsOf({ 'client_name#de': 'x\u202Ey', 'logo_uri#fr': 'javascript:alert(1)' })).toEqual([
      'client_name#de',
      'logo_uri#fr',
    ]);
  });
});

describe('who speaks', () => {
  const operators = {
    audiences: ['https://api.example/'],
    skip_consent: true,
    web_origins: ['https://rp.example'],
    profile: 'fapi2',
    refresh_token: { leeway_seconds: 60 },
    login_methods: ['password'],
    required_acr: 'urn:tandem:acr:single-factor',
    introspection_audience: 'https://api.example/',
    backchannel_logout_nats: 'shop-1',
  };

  it('accepts the settings of an operator from the declared configuration', () => {
    const { metadata, problems } = read(operators, 'declared');
    expect(problems).toEqual([]);
    expect(metadata).toMatchObject({ skipConsent: true, profile: 'fapi2', refreshToken: { leewaySeconds: 60 } });
    expect(metadata.refreshToken.idleLifetimeSeconds).toBe(30 * 86_400);
  });

  it('accepts a registration with the settings of an operator and takes none of them', () => {
    const { metadata, problems } = read({
      ...operators,
      is_trusted: true,
      created_by: 'me',
      disabledAt: 5,
      origin: 'declared',
    });
    expect(problems).toEqual([]);
    expect(metadata).toEqual(read({}).metadata);
  });

  it.each(['', 'a.b', '*', '>', 'a b', 'x'.repeat(65), 5, true])('refuses %j as a name on the bus', (name) => {
    expect(pathsOf({ backchannel_logout_nats: name }, 'declared')).toEqual(['backchannel_logout_nats']);
  });

  it('refuses an unknown setting that was declared, also within one', () => {
    expect(
      pathsOf({ redirect_uri: 'x', 'client_name#de': 'x', client_id: 'x', client_secret: 'x' }, 'declared'),
    ).toEqual(['redirect_uri']);
    expect(pathsOf({ refresh_token: { leeway: 5 } }, 'declared')).toEqual(['refresh_token.leeway']);
  });
});

describe('problems', () => {
  it('tells every one with its place', () => {
    const input = {
      redirect_uris: [CALLBACK, 'http://evil.example/', 'javascript:alert(1)'],
      post_logout_redirect_uris: ['https://rp.example/#x'],
      response_types: ['code', 'bogus'],
      client_name: 'n'.repeat(201),
      contacts: 'me@example.com',
      token_endpoint_auth_method: 'client_secret_jwt',
      default_max_age: -1,
      require_auth_time: 'yes',
      subject_type: 'sometimes',
      id_token_signed_response_alg: 'HS256',
    };
    expect(new Set(pathsOf(input))).toEqual(
      new Set([
        'redirect_uris[1]',
        'redirect_uris[2]',
        'post_logout_redirect_uris[0]',
        'response_types[1]',
        'client_name',
        'contacts',
        'token_endpoint_auth_method',
        'default_max_age',
        'require_auth_time',
        'subject_type',
        'id_token_signed_response_alg',
      ]),
    );
  });

  it.each([
    [{ redirect_uris: [] }, 'redirect_uris'],
    [{ redirect_uris: 'https://rp.example/cb' }, 'redirect_uris'],
    [{ redirect_uris: [5] }, 'redirect_uris[0]'],
    [{ redirect_uris: Array.from({ length: 51 }, (_, n) => `${CALLBACK}${n}`) }, 'redirect_uris'],
    [{ redirect_uris: ['https://rp.example/cb?iss=https://evil'] }, 'redirect_uris[0]'],
    [{ redirect_uris: ['com.example.app:/cb'] }, 'redirect_uris[0]'],
    [{ response_types: ['code'], grant_types: ['implicit'] }, 'grant_types'],
    [{ grant_types: ['password'] }, 'grant_types[0]'],
    [{ token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    [{ jwks: { keys: [] }, jwks_uri: 'https://rp.example/jwks' }, 'jwks_uri'],
    [{ jwks: 'x' }, 'jwks'],
    [{ jwks: { keys: {} } }, 'jwks'],
    [{ jwks_uri: 'http://rp.example/jwks' }, 'jwks_uri'],
    [{ jwks_uri: 'https://user@rp.example/jwks' }, 'jwks_uri'],
    [{ id_token_encrypted_response_alg: 'RSA-OAEP-256' }, 'jwks'],
    [{ id_token_encrypted_response_enc: 'A256GCM' }, 'id_token_encrypted_response_enc'],
    [{ userinfo_encrypted_response_enc: 'A256GCM' }, 'userinfo_encrypted_response_enc'],
    [{ initiate_login_uri: 'http://localhost/login' }, 'initiate_login_uri'],
    [{ logo_uri: 'javascript:alert(1)' }, 'logo_uri'],
    [{ logo_uri: 'data:image/png;base64,x' }, 'logo_uri'],
    [{ client_name: 'a\0b' }, 'client_name'],
    [{ client_name: 'a\uD800b' }, 'client_name'],
    [{ client_name: '' }, 'client_name'],
    [{ client_name: { a: 1 } }, 'client_name'],
    [{ default_max_age: Infinity }, 'default_max_age'],
    [{ default_max_age: '5' }, 'default_max_age'],
  ])('refuses %j at %s', (input, path) => {
    expect(pathsOf(input)).toContain(path);
  });

  it('accepts a client that never sends a browser anywhere without redirect_uris', () => {
    expect(pathsOf({ redirect_uris: [], response_types: [], grant_types: ['client_credentials'] }, 'declared')).toEqual(
      [],
    );
  });

  it('refuses to echo what was sent', () => {
    const marker = 'M4rk3r';
    const { problems } = read({
      subject_type: marker,
      redirect_uris: [`${marker}:x`],
      jwks_uri: marker,
      grant_types: [marker],
    });
    expect(problems.length).toBeGreaterThan(3);
    expect(JSON.stringify(problems)).not.toContain(marker);
  });
});

describe('the round trip', () => {
  it('shows what was registered, and nothing that was ignored', () => {
    const input = {
      client_name: 'Shop',
      'client_name#de': 'Laden',
      redirect_uris: [CALLBACK],
      response_types: ['code id_token'],
      grant_types: ['authorization_code', 'implicit'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] },
      default_max_age: 60,
    };
    const { metadata } = read({ ...input, skip_consent: true, unheard_of: 1 });
    const wire = encodeClientMetadata(metadata, SUPPORTED, 'registered');
    expect(wire).toMatchObject(input);
    expect(wire).not.toHaveProperty('skip_consent');
    expect(wire).not.toHaveProperty('unheard_of');
  });

  it('accepts its own output as the same metadata', () => {
    const input = fc.record(
      {
        client_name: fc.constantFrom('Shop', 'Läden'),
        'tos_uri#fr': fc.webUrl({ validSchemes: ['https'] }),
        response_types: fc.subarray(['code', 'id_token', 'token id_token code', 'id_token code'], { minLength: 1 }),
        subject_type: fc.constantFrom('public', 'pairwise'),
        require_auth_time: fc.boolean(),
        default_max_age: fc.nat(1_000),
        default_acr_values: fc.subarray(['a', 'b']),
        unheard_of: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(input, (sent) => {
        const { metadata, problems } = read(sent);
        fc.pre(problems.length === 0);
        const wire = encodeClientMetadata(metadata, SUPPORTED, 'registered');
        expect(readClientMetadata(wire, 'registered', SUPPORTED)).toEqual({ metadata, problems: [] });
      }),
    );
  });

  it('accepts names of Object.prototype as unknown members', () => {
    const sent = JSON.parse(
      `{"__proto__":{"skip_consent":true},"constructor":{},"redirect_uris":["${CALLBACK}"]}`,
    ) as Input;
    expect(readClientMetadata(sent, 'registered', SUPPORTED).metadata.skipConsent).toBe(false);
    expect(({} as Record<string, unknown>)['skip_consent']).toBeUndefined();
  });
});
