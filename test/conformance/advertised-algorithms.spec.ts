/** Every algorithm that discovery advertises for what clients receive, used by a client that registered it. */
import { compactDecrypt, createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { newClientKey } from './oidf/relying-party/client.js';
import type { RegisteredClient } from './oidf/relying-party/client.js';
import { checkIdToken } from './oidf/relying-party/id-token.js';
import { ModuleRun } from './oidf/relying-party/module-run.js';
import { withRpSite } from './oidf/relying-party/rp-site.js';
import { postAsClient } from './oidf/relying-party/token-endpoint.js';
import { requestUserinfo } from './oidf/relying-party/userinfo.js';

const VARIANT = {
  responseType: 'code id_token',
  responseMode: 'form_post',
  clientAuthentication: 'client_secret_basic',
  registration: 'dynamic',
} as const;

const TIMEOUT_MS = 60_000;

interface Recipient {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

async function newRecipient(alg: string): Promise<Recipient> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid: `enc-${alg}`, use: 'enc', alg } };
}

async function decrypt(jwe: string, { privateKey }: Recipient, alg: string, enc: string): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(jwe, privateKey);
  expect(protectedHeader).toMatchObject({ alg, enc, kid: `enc-${alg}`, cty: 'JWT' });
  return new TextDecoder().decode(plaintext);
}

describe('advertised algorithms', () => {
  let run: ModuleRun;
  beforeEach(async () => {
    run = await ModuleRun.start(VARIANT);
  });
  afterEach(() => run.end());

  const advertised = (name: string): readonly string[] => run.provider.metadata[name] as readonly string[];

  async function verify(jws: string, client: RegisteredClient, alg: string): Promise<JWTPayload> {
    const keys = createRemoteJWKSet(new URL(run.provider.metadata['jwks_uri'] as string));
    const { issuer } = run.provider;
    const { payload } = await jwtVerify(jws, keys, { issuer, audience: client.clientId, algorithms: [alg] });
    return payload;
  }

  /** Signs in, and gives the front ID token, the token response and the answer of userinfo as they came. */
  async function receive(client: RegisteredClient) {
    const request = run.request(client);
    const parameters = run.readSuccess(request, await run.authorize(request));
    const response = await run.sendCode(client, request, parameters.get('code') as string);
    expect(response.status).toBe(200);
    const tokens = (await response.json()) as Readonly<Record<string, string>>;
    const userinfo = await requestUserinfo(run.provider, tokens['access_token'] as string);
    return {
      request,
      code: parameters.get('code') as string,
      nonce: request.get('nonce'),
      front: parameters.get('id_token') as string,
      back: tokens['id_token'] as string,
      accessToken: tokens['access_token'] as string,
      userinfo,
    };
  }

  it(
    'encrypts ID tokens and userinfo with each alg and enc',
    async () => {
      const algs = advertised('id_token_encryption_alg_values_supported');
      const encs = advertised('id_token_encryption_enc_values_supported');
      expect(advertised('userinfo_encryption_alg_values_supported')).toEqual(algs);
      expect(advertised('userinfo_encryption_enc_values_supported')).toEqual(encs);
      expect(algs).toEqual(expect.arrayContaining(['RSA-OAEP-256', 'ECDH-ES']));
      expect(encs).toEqual(expect.arrayContaining(['A128CBC-HS256', 'A256GCM']));
      for (const alg of algs) {
        const recipient = await newRecipient(alg);
        const key = await newClientKey();
        for (const enc of encs) {
          const client = await run.register(
            {
              jwks: { keys: [key.publicJwk, recipient.publicJwk] },
              id_token_encrypted_response_alg: alg,
              id_token_encrypted_response_enc: enc,
              userinfo_signed_response_alg: 'ES256',
              userinfo_encrypted_response_alg: alg,
              userinfo_encrypted_response_enc: enc,
            },
            key,
          );
          const received = await receive(client);
          const front = await verify(await decrypt(received.front, recipient, alg, enc), client, 'RS256');
          const back = await verify(await decrypt(received.back, recipient, alg, enc), client, 'RS256');
          expect([front['nonce'], back['nonce']]).toEqual([received.nonce, received.nonce]);
          expect(received.userinfo.headers.get('content-type')).toMatch(/^application\/jwt\b/);
          const userinfo = await decrypt(await received.userinfo.text(), recipient, alg, enc);
          expect((await verify(userinfo, client, 'ES256')).sub).toBe(back.sub);
        }
      }
    },
    TIMEOUT_MS,
  );

  it('encrypts to a key that the client published at its jwks_uri after the registration', () =>
    withRpSite(async (site) => {
      const [key, recipient] = [await newClientKey(), await newRecipient('ECDH-ES')];
      const address = site.publish('/jwks.json', { keys: [key.publicJwk] });
      const client = await run.register(
        { jwks: undefined, jwks_uri: address, id_token_encrypted_response_alg: 'ECDH-ES' },
        key,
      );
      site.publish('/jwks.json', { keys: [key.publicJwk, recipient.publicJwk] });
      const { front } = await receive(client);
      await verify(await decrypt(front, recipient, 'ECDH-ES', 'A128CBC-HS256'), client, 'RS256');
    }));

  it(
    'signs ID tokens, userinfo and introspection answers with each alg',
    async () => {
      const algs = advertised('id_token_signing_alg_values_supported');
      expect(algs).toEqual(expect.arrayContaining(['RS256', 'PS256', 'ES256']));
      expect(advertised('userinfo_signing_alg_values_supported')).toEqual(algs);
      expect(advertised('introspection_signing_alg_values_supported')).toEqual(algs);
      for (const alg of algs) {
        const client = await run.register({
          id_token_signed_response_alg: alg,
          userinfo_signed_response_alg: alg,
          introspection_signed_response_alg: alg,
        });
        const received = await receive(client);
        const { request, code, accessToken } = received;
        // Their c_hash and at_hash are worked out anew, with the hash of the algorithm.
        await checkIdToken(received.front, { ...run.expected(client, request, 'front'), code });
        await checkIdToken(received.back, { ...run.expected(client, request, 'back'), code, accessToken });
        const front = await verify(received.front, client, alg);
        const back = await verify(received.back, client, alg);
        expect(back).toMatchObject({ sub: front.sub, at_hash: expect.any(String) as string });
        expect((await verify(await received.userinfo.text(), client, alg)).sub).toBe(front.sub);
        const answer = await postAsClient(run.provider, client, {
          endpoint: 'introspection_endpoint',
          form: { token: accessToken },
          accept: 'application/token-introspection+jwt',
        });
        expect(answer.headers.get('content-type')).toMatch(/^application\/token-introspection\+jwt\b/);
        expect(await verify(await answer.text(), client, alg)).toMatchObject({
          token_introspection: { active: true, client_id: client.clientId, sub: front.sub },
        });
      }
    },
    TIMEOUT_MS,
  );
});
