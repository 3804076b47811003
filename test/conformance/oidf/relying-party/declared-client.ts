import { tandemUnderTest } from '../../../support/tandem-under-test.js';
import { sharedKey, type Metadata, type RegisteredClient } from './client.js';
import type { ClientAuthentication } from './variant.js';

/**
 * The declared client that a module means: what it would have registered says which. `taken` counts the clients that the
 * module has already, since some work with two.
 */
export async function declaredClient(changes: Metadata, taken: number): Promise<RegisteredClient> {
  const clientId = `conformance-${nameFor(changes, taken)}`;
  const declared = tandemUnderTest().conformance.clients.find((client) => client['client_id'] === clientId);
  if (declared === undefined) throw new Error(`no client ${clientId} is declared`);
  const [redirectUri] = declared['redirect_uris'] as readonly string[];
  return {
    clientId,
    secret: declared['client_secret'] as string,
    authentication: declared['token_endpoint_auth_method'] as ClientAuthentication,
    redirectUri: redirectUri as string,
    key: await sharedKey(),
    registration: declared,
  };
}

function nameFor(changes: Metadata, taken: number): string {
  if (changes['token_endpoint_auth_method'] === 'client_secret_post') return 'post';
  if (changes['request_object_signing_alg'] === 'none') return 'unsigned-requests';
  if (changes['backchannel_logout_uri'] !== undefined) return 'back-channel';
  if (changes['frontchannel_logout_uri'] !== undefined) return 'front-channel';
  return taken === 0 ? 'first' : 'second';
}
