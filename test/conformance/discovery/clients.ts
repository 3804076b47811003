import { calculatePKCECodeChallenge, generateRandomCodeVerifier } from 'oauth4webapi';
import { wait } from '../oidf/modules/module.js';
import { refresh, signInOffline } from '../oidf/modules/refresh.js';
import type { RegisteredClient } from '../oidf/relying-party/client.js';
import type { ModuleRun } from '../oidf/relying-party/module-run.js';
import { newNonce } from '../oidf/relying-party/random-text.js';
import { checkTokenResponse, postAsClient } from '../oidf/relying-party/token-endpoint.js';
import { withRun } from '../with-run.js';
import { forEachValue, type Exercise } from './exercise.js';

const GRANT_TYPES: Readonly<Record<string, () => Promise<void>>> = {
  authorization_code: () => withRun(async (run) => void (await run.signIn(await run.register()))),
  implicit: () =>
    withRun(async (run) => void (await run.signIn(await run.register())), { responseType: 'id_token token' }),
  refresh_token: () =>
    withRun(
      async (run) => {
        const client = await run.register();
        const signedIn = await signInOffline(run, client, newNonce());
        // Two ID tokens of one second could not be told apart.
        await wait(1.1);
        await refresh(run, client, signedIn);
      },
      { registration: 'static' },
    ),
  client_credentials: () =>
    withRun(async (run) => {
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'demo-service',
        client_secret: 'demo-service-secret-please-change-01',
      });
      await checkTokenResponse(
        await fetch(run.provider.metadata['token_endpoint'] as string, { method: 'POST', body }),
      );
    }),
};

const grantTypes: Exercise = async (values) => {
  for (const value of values) {
    const exercise = GRANT_TYPES[value];
    if (exercise === undefined) throw new Error(`nothing uses the grant type ${value}`);
    await exercise();
  }
};

/** A client that authenticates in this way, with a living access token. PKCE is for the one that proves nothing. */
async function withToken(
  method: string,
  run: ModuleRun,
): Promise<{ readonly client: RegisteredClient; readonly token: string }> {
  const client = await run.register({ token_endpoint_auth_method: method });
  const verifier = generateRandomCodeVerifier();
  const challenge = await calculatePKCECodeChallenge(verifier);
  const request = run.request(client, { code_challenge: challenge, code_challenge_method: 'S256' });
  const { tokens } = await run.complete(client, request, await run.authorize(request), {
    more: { code_verifier: verifier },
  });
  return { client, token: tokens?.access_token as string };
}

const atToken = async (method: string, run: ModuleRun): Promise<void> => {
  await withToken(method, run);
};

const atIntrospection = async (method: string, run: ModuleRun): Promise<void> => {
  const { client, token } = await withToken(method, run);
  const answer = await postAsClient(run.provider, client, { endpoint: 'introspection_endpoint', form: { token } });
  expect(await answer.json()).toMatchObject({ active: true, client_id: client.clientId });
};

const atRevocation = async (method: string, run: ModuleRun): Promise<void> => {
  const { client, token } = await withToken(method, run);
  const answer = await postAsClient(run.provider, client, { endpoint: 'revocation_endpoint', form: { token } });
  expect([answer.status, await answer.text()]).toEqual([200, '']);
};

const subjectTypes: Exercise = (values) =>
  withRun(async (run) => {
    const subjects = new Set<unknown>();
    for (const value of values) {
      const { idToken } = await run.signIn(await run.register({ subject_type: value }));
      subjects.add(idToken.claims.sub);
    }
    expect(subjects.size).toBe(values.length);
  });

export const CLIENT_EXERCISES: Readonly<Record<string, Exercise>> = {
  grant_types_supported: grantTypes,
  subject_types_supported: subjectTypes,
  token_endpoint_auth_methods_supported: forEachValue(atToken),
  introspection_endpoint_auth_methods_supported: forEachValue(atIntrospection),
  revocation_endpoint_auth_methods_supported: forEachValue(atRevocation),
};
