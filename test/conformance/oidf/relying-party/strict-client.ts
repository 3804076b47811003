import * as oauth from 'oauth4webapi';
import type { RegisteredClient } from './client.js';
import type { Provider } from './provider.js';

/** A second opinion that is not ours: oauth4webapi on the same token response, with its own rules. */
export async function agreesWithStrictClient(
  { metadata }: Provider,
  { clientId }: RegisteredClient,
  request: URLSearchParams,
  response: Response,
): Promise<void> {
  const server = metadata as unknown as oauth.AuthorizationServer;
  const maxAge = request.get('max_age');
  await oauth.processAuthorizationCodeResponse(server, { client_id: clientId }, response, {
    expectedNonce: request.get('nonce') ?? oauth.expectNoNonce,
    ...(maxAge === null ? {} : { maxAge: Number(maxAge) }),
    requireIdToken: true,
  });
}
