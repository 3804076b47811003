/**
 * A small certificate authority of the deployment's own: TLS to PostgreSQL, inside NATS, and to the proxy until it is
 * given a certificate that the world trusts. Elliptic curve P-256 and nothing optional, so that forty lines of DER are enough
 * (RFC 5280 §4.1) and no image needs a certificate tool.
 */
import {
  createHash,
  createPublicKey,
  createPrivateKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';

const DAY_MILLISECONDS = 86_400_000;

const der = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  const bytes = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const length = body.length < 128 ? [body.length] : [0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts) => der(0x30, ...parts);
const octets = (content) => der(0x04, content);
const bits = (content, unused = 0) => der(0x03, Buffer.from([unused]), content);
const oid = (hex) => der(0x06, Buffer.from(hex, 'hex'));
const yes = der(0x01, Buffer.from([0xff]));
/** RFC 5280 §4.1.2.5: two-digit years up to 2049, four digits from then on. */
const time = (date) => {
  const text = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text));
};

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const name = (commonName) => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(commonName)))));
const extension = (id, content, critical = false) => sequence(oid(id), ...(critical ? [yes] : []), octets(content));

const BASIC_CONSTRAINTS = '551d13';
const KEY_USAGE = '551d0f';
const EXTENDED_KEY_USAGE = '551d25';
const ALTERNATIVE_NAMES = '551d11';
const SUBJECT_KEY = '551d0e';
const AUTHORITY_KEY = '551d23';

const keyIdentifier = (publicKey) =>
  createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();

function certificate({ subject, issuer, publicKey, signingKey, days, extensions }) {
  const now = Date.now();
  const serial = randomBytes(16);
  // Positive and without a leading zero byte.
  serial[0] = (serial[0] & 0x3f) | 0x40;
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ECDSA_SHA256,
    name(issuer),
    sequence(time(new Date(now - DAY_MILLISECONDS)), time(new Date(now + days * DAY_MILLISECONDS))),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', signed, signingKey);
  return pem(sequence(signed, ECDSA_SHA256, bits(signature)));
}

const pem = (content) =>
  `-----BEGIN CERTIFICATE-----\n${content
    .toString('base64')
    .match(/.{1,64}/g)
    .join('\n')}\n-----END CERTIFICATE-----\n`;

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyText = (key) => key.export({ type: 'pkcs8', format: 'pem' });

/** A new authority as `{ certificate, key }`, both PEM. It can only vouch for servers, and nothing stands below it. */
export function newAuthority(subject, days = 3_650) {
  const { publicKey, privateKey } = newKey();
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(yes, der(0x02, Buffer.from([0]))), true),
    extension(KEY_USAGE, bits(Buffer.from([0x06]), 1), true),
    extension(SUBJECT_KEY, octets(keyIdentifier(publicKey))),
  ];
  const issued = certificate({ subject, issuer: subject, publicKey, signingKey: privateKey, days, extensions });
  return { certificate: issued, key: keyText(privateKey) };
}

/** A server's certificate for `names` (host names or addresses), signed by `authority`; both parts PEM. */
export function newServerCertificate(authority, names, days = 825) {
  const { publicKey, privateKey } = newKey();
  const issuer = new X509Certificate(authority.certificate).subject.replace(/^CN=/, '');
  const alternatives = names.map((one) =>
    isIP(one) === 4 ? der(0x87, Buffer.from(one.split('.').map(Number))) : der(0x82, Buffer.from(one, 'latin1')),
  );
  const extensions = [
    extension(BASIC_CONSTRAINTS, sequence(), true),
    extension(KEY_USAGE, bits(Buffer.from([0x80]), 7), true),
    // Server and client, since servers of a cluster call one another.
    extension(EXTENDED_KEY_USAGE, sequence(oid('2b06010505070301'), oid('2b06010505070302'))),
    extension(ALTERNATIVE_NAMES, sequence(...alternatives)),
    extension(SUBJECT_KEY, octets(keyIdentifier(publicKey))),
    extension(AUTHORITY_KEY, sequence(der(0x80, keyIdentifier(createPublicKey(authority.certificate))))),
  ];
  const signingKey = createPrivateKey(authority.key);
  const issued = certificate({ subject: names[0], issuer, publicKey, signingKey, days, extensions });
  return { certificate: issued, key: keyText(privateKey) };
}

/** Whether a certificate is still good for `names` in a month, and signed by this authority. */
export function stillServes(text, names, authority) {
  const held = new X509Certificate(text);
  const month = Date.now() + 30 * DAY_MILLISECONDS;
  return (
    Date.parse(held.validTo) > month &&
    held.verify(createPublicKey(authority.certificate)) &&
    names.every((one) => (isIP(one) === 0 ? held.checkHost(one) : held.checkIP(one)) !== undefined)
  );
}
