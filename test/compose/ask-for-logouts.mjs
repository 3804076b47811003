/** Runs inside the deployment: as the application "reports", whose seed is in SEED, asks the bus for its logout tokens. */
import { connect, nkeyAuthenticator } from '@nats-io/transport-node';
import { LOGOUT_STREAM, logoutConsumerName } from '@tandem/contracts';
import { IMPORTED_API_PREFIX, INBOXES } from '@tandem/messaging';

const nats = await connect({
  servers: process.env.NATS_URL,
  authenticator: nkeyAuthenticator(new TextEncoder().encode(process.env.SEED)),
  inboxPrefix: INBOXES.logoutReceiver('reports'),
  reconnect: false,
});
const answer = await nats.request(
  `${IMPORTED_API_PREFIX}.CONSUMER.INFO.${LOGOUT_STREAM}.${logoutConsumerName('reports')}`,
);
await nats.close();
const { error, config } = answer.json();
if (config === undefined) throw new Error(JSON.stringify(error));
