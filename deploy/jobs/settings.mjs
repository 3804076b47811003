/** What the one-shot jobs are told by the compose file. */
const { env } = process;

const list = (text) => text.split(',').map((part) => part.trim());
const port = env.HTTPS_PORT || '443';
const address = (host) => `https://${host}${port === '443' ? '' : `:${port}`}`;

export const HOSTS = {
  provider: env.OP_HOST || 'op.localhost',
  api: env.API_HOST || 'api.localhost',
  app: env.APP_HOST || 'app.localhost',
  grafana: env.GRAFANA_HOST || 'grafana.localhost',
};

/** Instances of the resource API: each has its own user and its own consumer on the bus. */
export const API_INSTANCES = list(env.RESOURCE_API_INSTANCES || '1,2');

/** The sample application, and the names of other applications that take their logout tokens from the bus. */
export const LOGOUT_RECEIVERS = list(env.LOGOUT_RECEIVERS || '').filter((name) => name !== '');

/** Servers of the bus: one, or a cluster of three. */
export const BUS_SERVERS = list(env.NATS_SERVERS || 'nats');

/** What `tandem.yaml` may name as `${…}`. */
export const PLACES = {
  ISSUER: `${address(HOSTS.provider)}/`,
  APP_URL: address(HOSTS.app),
  API_URL: address(HOSTS.api),
  API_IDENTIFIER: env.API_IDENTIFIER || 'https://api.tandem.example/',
  FIRST_USER_EMAIL: env.FIRST_USER_EMAIL || 'admin@example.com',
};
