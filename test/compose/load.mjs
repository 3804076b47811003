/** Token traffic through the proxy, with every failed request counted. */
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { OP } from './browser.mjs';
import { asApi, AUDIENCE, callApi } from './hybrid-flow.mjs';
import { send } from './public-site.mjs';

const WORKERS = 8;

const REQUESTS = [
  () => send(`${OP}/.well-known/openid-configuration`),
  () => send(`${OP}/oauth/token`, { form: { grant_type: 'client_credentials', audience: AUDIENCE }, headers: asApi }),
  () => send(`${OP}/oauth/introspect`, { form: { token: 'none' }, headers: asApi }),
  async () => {
    const { status } = await callApi('not-a-token');
    return { status: status === 401 ? 200 : status };
  },
];

/** Until `file` exists. */
export async function load(file) {
  const seen = { requests: 0, failed: 0, slowestMs: 0, failures: {} };
  const deadline = Date.now() + 300_000;
  const worker = async (number) => {
    for (let turn = number; !existsSync(file) && Date.now() < deadline; turn += 1) {
      const began = performance.now();
      const outcome = await REQUESTS[turn % REQUESTS.length]().then(
        ({ status, text }) => (status === 200 ? undefined : `${turn % REQUESTS.length}: ${status} ${text ?? ''}`),
        (error) => `${turn % REQUESTS.length}: ${error.code ?? error.message}`,
      );
      seen.requests += 1;
      seen.slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - began));
      if (outcome !== undefined) {
        seen.failed += 1;
        const words = outcome.slice(0, 160);
        seen.failures[words] = (seen.failures[words] ?? 0) + 1;
      }
      await pause(20);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, number) => worker(number)));
  console.log(JSON.stringify(seen));
  if (seen.failed > 0 || seen.requests < 100) process.exitCode = 1;
}
