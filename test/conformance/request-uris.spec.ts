/** Request objects that are refused, and where the refusal goes (OIDC Core §6, RFC 9101 §7). */
import { CompactEncrypt, SignJWT, UnsecuredJWT } from 'jose';
import type { RegisteredClient } from './oidf/relying-party/client.js';
import type { ModuleRun } from './oidf/relying-party/module-run.js';
import { withRpSite } from './oidf/relying-party/rp-site.js';
import { withRun } from './with-run.js';

const signed = (
  { provider }: ModuleRun,
  { clientId, key }: RegisteredClient,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> =>
  new SignJWT({ iss: clientId, aud: provider.issuer, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .sign(key.privateKey);

const now = (): number => Math.floor(Date.now() / 1_000);

describe('request objects', () => {
  it('refuses a request_uri that is not registered, with another fragment or another query', () =>
    withRun((run) =>
      withRpSite(async (site) => {
        const registered = `${site.address('/request')}#first`;
        const client = await run.register({ request_uris: [registered] });
        const request = run.request(client);
        site.publish('/request', await signed(run, client, Object.fromEntries(request)));
        for (const requestUri of [
          site.address('/elsewhere'),
          site.address('/request'),
          `${site.address('/request')}#second`,
          `${site.address('/request')}?more#first`,
        ])
          expect(await run.fail(client, new URLSearchParams([...request, ['request_uri', requestUri]]))).toBe(
            'invalid_request_uri',
          );
        // The registered one is good, so that nothing else was the reason.
        await run.complete(
          client,
          request,
          await run.authorize(new URLSearchParams([...request, ['request_uri', registered]])),
        );
      }),
    ));

  it('refuses a request_uri where nothing, or no request object, is', () =>
    withRun((run) =>
      withRpSite(async (site) => {
        const [absent, empty] = [site.address('/absent'), site.publish('/empty', 'nothing', 'application/jwt')];
        const client = await run.register({ request_uris: [absent, empty] });
        const request = run.request(client);
        const errorAt = (requestUri: string): Promise<string> =>
          run.fail(client, new URLSearchParams([...request, ['request_uri', requestUri]]));
        expect(await errorAt(absent)).toBe('invalid_request_uri');
        expect(await errorAt(empty)).toBe('invalid_request_object');
      }),
    ));

  it('refuses request and request_uri together', () =>
    withRun((run) =>
      withRpSite(async (site) => {
        const client = await run.register({ request_uris: [site.address('/request')] });
        const request = run.request(client);
        const object = await signed(run, client, Object.fromEntries(request));
        const both = new URLSearchParams([...request, ['request', object], ['request_uri', site.address('/request')]]);
        expect(await run.fail(client, both)).toBe('invalid_request');
      }),
    ));

  it.each([
    ['for another server', { aud: 'https://elsewhere.example/' }],
    ['of another client', { iss: 'c_somebody' }],
    ['that names another client', { client_id: 'c_somebody' }],
    ['that names another response_type', { response_type: 'id_token' }],
    ['that has expired', { exp: now() - 120 }],
    ['that is good for two hours', { exp: now() + 7_200 }],
    ['that is not valid yet', { nbf: now() + 3_000 }],
    ['that holds a request object', { request: 'a.b.c' }],
    ['that holds a request_uri', { request_uri: 'https://rp.conformance.example/request' }],
  ])('refuses a request object %s', (_what, claims) =>
    withRun(async (run) => {
      const client = await run.register();
      const request = run.request(client);
      const object = await signed(run, client, { ...Object.fromEntries(request), ...claims });
      request.set('request', object);
      expect(await run.fail(client, request)).toBe('invalid_request_object');
    }),
  );

  it('refuses one without signature, and one that is encrypted and holds the parameters themselves', () =>
    withRun(async (run) => {
      const client = await run.register();
      const request = run.request(client);
      const parameters = Object.fromEntries(request);
      const encrypted = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(parameters)))
        .setProtectedHeader({ alg: 'dir', enc: 'A128GCM' })
        .encrypt(new Uint8Array(16));
      for (const object of [new UnsecuredJWT(parameters).encode(), encrypted]) {
        request.set('request', object);
        expect(await run.fail(client, request)).toBe('invalid_request_object');
      }
    }));

  it('shows a page for a foreign address inside, however good the one outside is', () =>
    withRun(async (run) => {
      const client = await run.register();
      const request = run.request(client);
      const inside = { ...Object.fromEntries(request), redirect_uri: 'https://evil.example/' };
      request.set('request', await signed(run, client, inside));
      await run.failOnPage(request);
    }));

  it('refuses to hear what stands outside of a signed one', () =>
    withRun(async (run) => {
      const client = await run.register();
      const inside = run.request(client, { state: undefined });
      const sent = new URLSearchParams([...inside, ['state', 'outside'], ['prompt', 'none'], ['max_age', '-1']]);
      sent.set('request', await signed(run, client, Object.fromEntries(inside)));
      await run.complete(client, inside, await run.authorize(sent));
    }));

  it('accepts an audience list with this server in it, numbers, and claims as an object', () =>
    withRun(async (run) => {
      const client = await run.register();
      const request = run.request(client, { max_age: '600' });
      const object = await signed(run, client, {
        ...Object.fromEntries(request),
        aud: ['https://elsewhere.example/', run.provider.issuer],
        max_age: 600,
        claims: { userinfo: { nickname: null } },
      });
      const outside = new URLSearchParams({ client_id: client.clientId, response_type: 'code', scope: 'openid' });
      outside.set('request', object);
      const { userinfo } = await run.complete(client, request, await run.authorize(outside));
      expect(userinfo).toEqual([expect.objectContaining({ nickname: 'Al' })]);
    }));
});
