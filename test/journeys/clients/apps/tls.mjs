/** An https server on this machine, with a certificate that nobody knows: browsers of tests are told not to mind. */
import { createServer } from 'node:https';
import { newAuthority, newServerCertificate } from '../../../../deploy/jobs/certificates.mjs';

export function listenWithTls(handler, port) {
  const { certificate: cert, key } = newServerCertificate(newAuthority('Tests'), ['localhost']);
  createServer({ cert, key }, handler).listen(port, '127.0.0.1', () => console.log('listening'));
}
