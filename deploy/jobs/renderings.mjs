/** Configuration files that are made of secrets: the bus's server configuration and the auth-server's declared file. */
import { createHash } from 'node:crypto';
import { publicKeyOf, renderNatsServerConfig } from '@tandem/messaging';
import { API_INSTANCES, BUS_SERVERS, LOGOUT_RECEIVERS, PLACES } from './settings.mjs';

const FOLDER = '/run/tandem';

/** Accounts, users and permissions as the messaging library has them; here only where the server listens, and TLS. */
export function natsServerConfig(secrets) {
  const keyOf = (name) => publicKeyOf(secrets[`nats-${name}-seed`]);
  const users = {
    provisioner: keyOf('provisioner'),
    relay: keyOf('relay'),
    rpc: keyOf('rpc'),
    auditor: keyOf('auditor'),
    client: keyOf('client'),
    logoutReceivers: LOGOUT_RECEIVERS.map((receiver) => ({ receiver, publicKey: keyOf(`logout-${receiver}`) })),
    resourceServers: API_INSTANCES.map((instance) => ({ instance, publicKey: keyOf(`rs-${instance}`) })),
  };
  const files = `cert_file: "${FOLDER}/nats.crt", key_file: "${FOLDER}/nats.key"`;
  return [
    // Here and not on the command line, whose values a server of a cluster forgets when it reads its configuration again.
    'server_name: $NATS_SERVER_NAME',
    'store_dir: "/data"',
    'listen: "0.0.0.0:4222"',
    `tls { ${files}, timeout: 3 }`,
    ...(BUS_SERVERS.length === 1 ? [] : [clusterConfig(files)]),
    renderNatsServerConfig({ users, monitorPort: 8222 }),
  ].join('\n');
}

/** The servers know one another by certificates of the deployment's own authority. */
function clusterConfig(files) {
  const routes = BUS_SERVERS.map((server) => `"nats://${server}:6222"`).join(', ');
  return `cluster { name: tandem, listen: "0.0.0.0:6222", routes: [${routes}], tls { ${files}, ca_file: "${FOLDER}/ca.crt", verify: true, timeout: 3 } }`;
}

/** RFC 7638: the thumbprint of a P-256 key. */
const thumbprint = ({ crv, kty, x, y }) =>
  createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');

/** The private JWK with the name by which its public part is declared. */
export function namedJwk(text) {
  const jwk = JSON.parse(text);
  return { ...jwk, kid: jwk.kid ?? thumbprint(jwk) };
}

function publicJwks(text) {
  const { d: _private, ...rest } = namedJwk(text);
  return JSON.stringify({ keys: [rest] });
}

/** Fills `${PLACE}`, `${secret:name}` (a quoted text) and `${public-jwks:name}`; whatever else looks like that is a mistake. */
export function declaredConfiguration(template, secrets) {
  const secret = (name) => {
    if (secrets[name] === undefined) throw new Error(`tandem.yaml names the secret "${name}", which there is not`);
    return secrets[name];
  };
  const fill = (_all, what) => {
    if (what.startsWith('secret:')) return JSON.stringify(secret(what.slice('secret:'.length)));
    if (what.startsWith('public-jwks:')) return publicJwks(secret(what.slice('public-jwks:'.length)));
    if (PLACES[what] === undefined) throw new Error(`tandem.yaml has \${${what}}, which nobody fills`);
    return PLACES[what];
  };
  const lines = template.split('\n');
  return lines.map((line) => (/^\s*#/.test(line) ? line : line.replaceAll(/\$\{([^}]*)\}/g, fill))).join('\n');
}
