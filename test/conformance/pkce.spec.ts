/** A code is good only with the verifier of its own request (RFC 7636 §4.6, RFC 9700 §2.1.1). */
import { calculatePKCECodeChallenge } from 'oauth4webapi';
import type { RegisteredClient } from './oidf/relying-party/client.js';
import type { ModuleRun } from './oidf/relying-party/module-run.js';
import { checkTokenError, checkTokenResponse } from './oidf/relying-party/token-endpoint.js';
import { withRun } from './with-run.js';

const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const OTHER = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

interface Issued {
  readonly request: URLSearchParams;
  readonly code: string;
}

/** A code that nobody has redeemed yet; the request sent the challenge of `verifier`, if there is one. */
async function issueCode(run: ModuleRun, client: RegisteredClient, verifier?: string): Promise<Issued> {
  const challenge = verifier === undefined ? undefined : await calculatePKCECodeChallenge(verifier);
  const pkce = challenge === undefined ? {} : { code_challenge: challenge, code_challenge_method: 'S256' };
  const request = run.request(client, pkce);
  return { request, code: run.readSuccess(request, await run.authorize(request)).get('code') as string };
}

const redeem = (
  run: ModuleRun,
  client: RegisteredClient,
  { request, code }: Issued,
  verifier?: string,
): Promise<Response> =>
  run.sendCode(client, request, code, { more: verifier === undefined ? {} : { code_verifier: verifier } });

describe('the verifier of a code', () => {
  it.each([
    ['its absence', VERIFIER, undefined],
    ['one that no challenge was sent for', undefined, VERIFIER],
    ['another one', VERIFIER, OTHER],
    ['one of 42 characters', 'a'.repeat(42), 'a'.repeat(42)],
    ['one with a forbidden character', `${'a'.repeat(42)}+`, `${'a'.repeat(42)}+`],
  ])('refuses %s', (_what, challenged, sent) =>
    withRun(async (run) => {
      const client = await run.register();
      const issued = await issueCode(run, client, challenged);
      await checkTokenError(await redeem(run, client, issued, sent), 'invalid_grant');
    }),
  );

  it('refuses the one of another request of the same user and client', () =>
    withRun(async (run) => {
      const client = await run.register();
      const [first, second] = [await issueCode(run, client, VERIFIER), await issueCode(run, client, OTHER)];
      await checkTokenError(await redeem(run, client, second, VERIFIER), 'invalid_grant');
      await checkTokenResponse(await redeem(run, client, first, VERIFIER));
    }));
});
