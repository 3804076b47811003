import { SignJWT, UnsecuredJWT } from 'jose';
import { checkErrorPage } from '../relying-party/authorization-response.js';
import { RP_ORIGIN, type Metadata, type RegisteredClient } from '../relying-party/client.js';
import type { ModuleRun } from '../relying-party/module-run.js';
import { newNonce, newState, randomText } from '../relying-party/random-text.js';
import { withRpSite } from '../relying-party/rp-site.js';
import type { Module, Modules } from './module.js';

/** The media type of RFC 9101 §10.2. */
const REQUEST_OBJECT = 'application/oauth-authz-req+jwt';

/**
 * The suite skips its modules with unsigned objects where `none` is not offered, as here. They are run all the same, with
 * clients that registered `none` for themselves: that is the one way in which this server takes them.
 */
function registerForUnsigned(run: ModuleRun, changes: Metadata = {}): Promise<RegisteredClient> {
  expect(run.provider.metadata['request_object_signing_alg_values_supported']).not.toContain('none');
  return run.register({ request_object_signing_alg: 'none', ...changes });
}

/** OAuth needs these outside, whatever is inside (OIDC Core §6.1). */
const outside = (request: URLSearchParams, more: Readonly<Record<string, string>>): URLSearchParams =>
  new URLSearchParams([
    ...[...request].filter(([name]) => ['client_id', 'response_type', 'scope'].includes(name)),
    ...Object.entries(more),
  ]);

const unsigned = (request: URLSearchParams): string => new UnsecuredJWT(Object.fromEntries(request)).encode();

/** State and nonce stand in the object only, and come back from there. */
const byValue: Module = async (run) => {
  expect(run.provider.metadata['request_parameter_supported']).toBe(true);
  const client = await registerForUnsigned(run);
  const request = run.request(client);
  const taken = await run.authorize(outside(request, { request: unsigned(request) }));
  await run.complete(client, request, taken);
  await refusesWithoutRegistration(run);
};

/** The same object is refused from a client that did not register for it, at the address that stands outside. */
async function refusesWithoutRegistration(run: ModuleRun): Promise<void> {
  const client = await run.register();
  const request = run.request(client);
  const sent = new URLSearchParams([...request, ['request', unsigned(request)]]);
  expect(['invalid_request_object', 'request_not_supported']).toContain(await run.fail(client, sent));
}

const byReference =
  (signed: boolean): Module =>
  (run) =>
    withRpSite(async (site) => {
      // Registered with a fragment, which names the version and is never sent.
      const path = `/request-${randomText(8)}`;
      const requestUri = `${site.address(path)}#${randomText(16)}`;
      const client = signed
        ? await run.register({ request_object_signing_alg: 'RS256', request_uris: [requestUri] })
        : await registerForUnsigned(run, { request_uris: [requestUri] });
      const request = run.request(client, { state: newState(), nonce: newNonce() });
      site.publish(path, signed ? await sign(run, client, request) : unsigned(request), REQUEST_OBJECT);
      const taken = await run.authorize(outside(request, { request_uri: requestUri }));
      await run.complete(client, request, taken);
      expect(await site.nextRequest()).toMatchObject({ method: 'GET', path });
    });

const signedByReference: Module = async (run) => {
  expect(run.provider.metadata['request_object_signing_alg_values_supported']).toContain('RS256');
  expect(run.provider.metadata['request_uri_parameter_supported'] ?? true).toBe(true);
  await byReference(true)(run);
};

function sign({ provider }: ModuleRun, { clientId, key }: RegisteredClient, request: URLSearchParams): Promise<string> {
  return new SignJWT(Object.fromEntries(request))
    .setProtectedHeader({ alg: 'RS256', kid: key.kid })
    .setIssuer(clientId)
    .setAudience(provider.issuer)
    .sign(key.privateKey);
}

/** A bad address outside, the good one inside: the inner one counts, or nobody is answered but the person. */
const redirectUriInside: Module = async (run) => {
  const client = await registerForUnsigned(run);
  const request = run.request(client);
  const bad = `${RP_ORIGIN}/${randomText(12)}/elsewhere`;
  const sent = new URLSearchParams(request);
  sent.set('redirect_uri', bad);
  sent.set('request', unsigned(request));
  const taken = await run.authorize(sent);
  if (taken.end.kind === 'page') checkErrorPage(taken);
  else await run.complete(client, request, taken);
};

export const REQUEST_OBJECT_MODULES: Modules = {
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported': byValue,
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported': byReference(false),
  'oidcc-request-uri-unsigned': byReference(false),
  'oidcc-request-uri-signed-rs256': signedByReference,
  'oidcc-ensure-request-object-with-redirect-uri': redirectUriInside,
};
