/** An https server on this machine. Its authority is written to CA_FILE, for who wants to trust it; browsers of tests don't mind. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { newAuthority, newServerCertificate } from '../../../../deploy/jobs/certificates.mjs';

export function listenWithTls(handler, port) {
  const authority = newAuthority('Tests');
  const { certificate: cert, key } = newServerCertificate(authority, ['localhost']);
  if (process.env.CA_FILE !== undefined) writeFileSync(process.env.CA_FILE, authority.certificate);
  createServer({ cert, key }, handler).listen(port, '127.0.0.1', () => console.log('listening'));
}
