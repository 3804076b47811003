import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi';
import { checkErrorPage } from '../relying-party/authorization-response.js';
import { checkTokenError } from '../relying-party/token-endpoint.js';
import { checkUserinfo, requestUserinfo, type UserinfoMethod } from '../relying-party/userinfo.js';
import { brings } from '../relying-party/variant.js';
import { wait, type Module, type Modules } from './module.js';
import { refusedRegistration } from './registration.js';

/** The whole flow; what is demanded of its tokens is demanded in every module (see relying-party/). */
const server: Module = async (run) => {
  await run.signIn(await run.register());
};

const clientSecretPost: Module = async (run) => {
  await run.signIn(await run.register({ token_endpoint_auth_method: 'client_secret_post' }));
};

const responseTypeMissing: Module = async (run) => {
  const client = await run.register();
  const request = run.request(client, { response_type: undefined });
  const taken = await run.authorize(request);
  if (taken.end.kind === 'page') return void checkErrorPage(taken);
  // Nobody can tell what was wanted, so the error goes where a code would.
  const place = run.variant.responseMode === 'form_post' ? 'form' : 'query';
  expect(['unsupported_response_type', 'invalid_request']).toContain(run.errorOf(client, request, taken, place));
};

/** A client that registers no algorithm gets RS256, whatever the server likes best. */
const idTokenSignature: Module = async (run) => {
  const { idToken } = await run.signIn(await run.register());
  expect(idToken.header).toMatchObject({ alg: 'RS256', kid: expect.any(String) as string });
};

const idTokenRs256: Module = async (run) => {
  const { idToken } = await run.signIn(await run.register({ id_token_signed_response_alg: 'RS256' }));
  expect(idToken.header).toMatchObject({ alg: 'RS256', kid: expect.any(String) as string });
};

/** Skipped by the suite, since `none` is not offered: then nobody can register it either. */
const idTokenUnsigned: Module = async (run) => {
  expect(run.provider.metadata['id_token_signing_alg_values_supported']).not.toContain('none');
  const error = await refusedRegistration(run, { id_token_signed_response_alg: 'none' });
  expect(error).toBe('invalid_client_metadata');
};

const userinfoBy =
  (method: UserinfoMethod): Module =>
  async (run) => {
    const client = await run.register();
    const { parameters, tokens, idToken } = await run.signIn(client);
    const accessToken = tokens?.access_token ?? (parameters.get('access_token') as string);
    const subject = idToken.claims.sub as string;
    const response = await requestUserinfo(run.provider, accessToken, method);
    await checkUserinfo(response, { provider: run.provider, client, subject });
  };

const withoutNonceFails: Module = async (run) => {
  const client = await run.register();
  const request = run.request(client, { nonce: undefined });
  const taken = await run.authorize(request);
  if (taken.end.kind === 'page') return void checkErrorPage(taken);
  expect(run.errorOf(client, request, taken)).toBe('invalid_request');
};

const withoutNonceSucceeds: Module = async (run) => {
  await run.signIn(await run.register(), { nonce: undefined });
};

const postRequest: Module = async (run) => {
  await run.signIn(await run.register(), {}, { method: 'POST' });
};

const validPkce: Module = async (run) => {
  const client = await run.register();
  const verifier = generateRandomCodeVerifier();
  const challenge = await calculatePKCECodeChallenge(verifier);
  const request = run.request(client, { code_challenge: challenge, code_challenge_method: 'S256' });
  const taken = await run.authorize(request);
  await run.complete(client, request, taken, { more: { code_verifier: verifier } });
};

/** A code works once; whoever brings it again ends everything that came from it (RFC 6749 §4.1.2). */
const codeReuseAfter =
  (seconds: number): Module =>
  async (run) => {
    const client = await run.register();
    const { request, code, tokens, parameters } = await run.signIn(client);
    await wait(seconds);
    await checkTokenError(await run.sendCode(client, request, code as string), 'invalid_grant');
    if (seconds === 0) return;
    const issued = [tokens?.access_token, parameters.get('access_token')].filter((token) => typeof token === 'string');
    expect(issued).toHaveLength(brings(run.variant.responseType, 'token') ? 2 : 1);
    for (const token of issued) {
      const { status } = await requestUserinfo(run.provider, token);
      expect(status).toBe(401);
    }
  };

export const BASIC_MODULES: Modules = {
  'oidcc-server': server,
  'oidcc-server-client-secret-post': clientSecretPost,
  'oidcc-response-type-missing': responseTypeMissing,
  'oidcc-idtoken-signature': idTokenSignature,
  'oidcc-idtoken-rs256': idTokenRs256,
  'oidcc-idtoken-unsigned': idTokenUnsigned,
  'oidcc-userinfo-get': userinfoBy('get'),
  'oidcc-userinfo-post-header': userinfoBy('post-header'),
  'oidcc-userinfo-post-body': userinfoBy('post-body'),
  'oidcc-ensure-request-without-nonce-fails': withoutNonceFails,
  'oidcc-ensure-request-without-nonce-succeeds-for-code-flow': withoutNonceSucceeds,
  'oidcc-ensure-post-request-succeeds': postRequest,
  'oidcc-ensure-request-with-valid-pkce-succeeds': validPkce,
  'oidcc-codereuse': codeReuseAfter(0),
  'oidcc-codereuse-30seconds': codeReuseAfter(30),
};
