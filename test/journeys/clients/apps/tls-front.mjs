/** What a proxy in front of the provider does: ends TLS, and passes everything on as it came. */
import { request } from 'node:http';
import { listenWithTls } from './tls.mjs';

const { TARGET, PORT } = process.env;

listenWithTls((incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const passed = request(new URL(url, TARGET), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  passed.once('error', () => outgoing.destroy());
  incoming.pipe(passed);
}, Number(PORT));
