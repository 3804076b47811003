/** The sample application as a person uses it, and what becomes of it on the bus and in traces. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, newBrowser, OP } from './browser.mjs';
import { address, formOf } from './public-site.mjs';

const APP = address('app');
const PATIENCE_MS = 5_000;

/** One trace over everything: the sign-in, the exchange, and the API over HTTP and NATS. Prints the trace's id. */
export async function tracedFlow() {
  const traceId = randomBytes(16).toString('hex');
  const browser = newBrowser({ traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` });
  const answer = await browser.signIn(`${APP}/login`);
  const welcome = await browser.visit(answer.action, answer.fields);
  const exchange = formOf(welcome.text, welcome.url);
  const { text } = await browser.visit(exchange.action, exchange.fields);
  for (const way of ['HTTP', 'NATS']) expect(`the API answered over ${way}`, text.includes(`${way} 200`), text);
  console.log(traceId);
}

const NEEDED = [
  ['sample-client', /^POST/],
  ['auth-server', /^POST/],
  ['auth-server', /^pg\.query/],
  ['resource-api', /^GET/],
  ['resource-api', /^orders\.v1\.list process$/],
  ['resource-api', /^pg\.query/],
];

/** Whether a tracing system wrote down (`verbosity: detailed`) what must be in the trace. */
export function isTraced(traceId, file) {
  const spans = [];
  let service = '';
  let trace = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    service = /-> service\.name: Str\(([^)]*)\)/.exec(line)?.[1] ?? service;
    trace = /^\s*Trace ID\s*: ([0-9a-f]{32})/.exec(line)?.[1] ?? trace;
    const name = /^\s*Name\s*: (.+)/.exec(line)?.[1];
    if (name !== undefined && trace === traceId) spans.push([service, name]);
  }
  const missing = NEEDED.filter(([where, what]) => !spans.some(([by, name]) => by === where && what.test(name)));
  expect(`${spans.length} spans of the trace arrived, but not these`, missing.length === 0, missing.map(String));
  const of = (name) => spans.filter(([by]) => by === name).length;
  const counts = Object.fromEntries([...new Set(NEEDED.map(([name]) => name))].map((name) => [name, of(name)]));
  console.log(JSON.stringify({ spans: counts }));
}

/** The registration with the private key hears of ended sessions over NATS only. */
export async function logoutOverNats() {
  const browser = newBrowser();
  const answer = await browser.signIn(`${APP}/login?credential=private-key`);
  const welcome = await browser.visit(answer.action, answer.fields);
  expect('somebody is signed in', welcome.url === `${APP}/welcome`, welcome);
  const question = await browser.visit(`${OP}/oidc/logout`);
  const { action, fields } = formOf(question.text, question.url);
  await browser.visit(action, { ...fields, confirm: 'yes' });
  const began = performance.now();
  while ((await browser.visit(`${APP}/welcome`)).url !== `${APP}/`) {
    expect('the application hears of the logout in time', performance.now() - began < PATIENCE_MS, 'still signed in');
    await pause(20);
  }
  console.log(JSON.stringify({ loggedOutOverNatsAfterMs: Math.round(performance.now() - began) }));
}
