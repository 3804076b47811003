/** The setup job's makings, without containers: certificates that TLS takes, and a declared file that is complete. */
import assert from 'node:assert/strict';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { test as nodeTest } from 'node:test';
import { connect, createServer } from 'node:tls';
import { parse } from 'yaml';
import { newAuthority, newServerCertificate, stillServes } from '../../deploy/jobs/certificates.mjs';

/** The runner waits for its tests by itself. */
const test = (name, body) => void nodeTest(name, body);

test('issues a certificate that a client takes for its names and no other', async () => {
  const authority = newAuthority('Test authority');
  const { certificate, key } = newServerCertificate(authority, ['op.localhost', '127.0.0.1']);
  const server = createServer({ cert: certificate, key }, (socket) => socket.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const dial = async (servername, ca) => {
    const socket = connect({ port: server.address().port, host: '127.0.0.1', servername, ca });
    try {
      await once(socket, 'secureConnect');
      return socket.authorized;
    } finally {
      socket.destroy();
    }
  };
  try {
    assert.equal(await dial('op.localhost', authority.certificate), true);
    await assert.rejects(dial('other.localhost', authority.certificate), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    await assert.rejects(dial('op.localhost', newAuthority('Test authority').certificate));
  } finally {
    server.close();
  }
});

test('tells when a certificate has to be made anew', () => {
  const authority = newAuthority('Test authority');
  const { certificate } = newServerCertificate(authority, ['op.localhost']);
  assert.equal(stillServes(certificate, ['op.localhost'], authority), true);
  assert.equal(stillServes(certificate, ['op.localhost', 'api.localhost'], authority), false);
  assert.equal(stillServes(certificate, ['op.localhost'], newAuthority('Test authority')), false);
  assert.equal(
    stillServes(newServerCertificate(authority, ['op.localhost'], 20).certificate, ['op.localhost'], authority),
    false,
  );
});

test('issues an authority that is one, and servers that are none', () => {
  const authority = newAuthority('Test authority');
  const own = new X509Certificate(authority.certificate);
  const server = new X509Certificate(newServerCertificate(authority, ['op.localhost']).certificate);
  assert.equal(own.ca, true);
  assert.equal(server.ca, false);
  assert.equal(own.verify(createPublicKey(authority.certificate)), true);
  assert.equal(server.checkIssued(own), true);
});

test('tells of every secret that the declared file names', () => {
  const template = readFileSync(new URL('../../deploy/tandem.yaml', import.meta.url), 'utf8');
  const vault = readFileSync(new URL('../../deploy/jobs/vault.mjs', import.meta.url), 'utf8');
  for (const [, name] of template.matchAll(/\$\{(?:secret|public-jwks):([a-z-]+)\}/g))
    assert.ok(vault.includes(`'${name}'`), name);
  assert.deepEqual(Object.keys(parse(template)), ['apis', 'clients', 'users']);
  assert.doesNotMatch(template, /please-change|wonderland|builder-4242/);
});
