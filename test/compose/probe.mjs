/**
 * What run.sh asks of a running deployment. `flow`: a hybrid sign-in, the exchange, the API, and that a revoked token is
 * refused. `load FILE`: token traffic until FILE exists, with every failed request counted.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { address, Cookies, formOf, send } from './public-site.mjs';

const OP = address('op');
const API = address('api');
const CALLBACK = `${address('app')}/callback`;
const AUDIENCE = 'https://api.tandem.example/';
const WORKERS = 8;
/** How late an API may learn of a revocation; longer where servers of the bus were just lost. */
const PATIENCE_MS = Number(process.env.PROBE_PATIENCE_MS ?? 5_000);

const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const asClient = basic('sample-client', process.env.PROBE_CLIENT_SECRET);
const asApi = basic('orders-api', process.env.PROBE_API_SECRET);
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const leftHalf = (text) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

function expect(what, holds, detail) {
  if (!holds)
    throw new Error(`${what}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`.slice(0, 1_000));
}

/** Signs in as a browser would and returns the fields of the form_post page. */
async function authorize(nonce, verifier) {
  const cookies = new Cookies();
  const query = new URLSearchParams({
    client_id: 'sample-client',
    redirect_uri: CALLBACK,
    response_type: 'code id_token',
    response_mode: 'form_post',
    scope: 'openid profile email offline_access read:orders',
    audience: AUDIENCE,
    state: randomBytes(8).toString('hex'),
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  let url = `${OP}/authorize?${query}`;
  let form;
  for (let step = 0; step < 12; step += 1) {
    const answer = await send(url, {
      cookies,
      form,
      headers: form === undefined ? {} : { origin: OP, 'sec-fetch-site': 'same-origin' },
    });
    form = undefined;
    if (answer.status >= 300 && answer.status < 400) {
      url = new URL(answer.headers.location, url).href;
      continue;
    }
    expect(`${url} answers with a page`, answer.status === 200, answer.text);
    const page = formOf(answer.text, url);
    if (page.action === CALLBACK) return page.fields;
    form = { ...page.fields };
    if (answer.text.includes('name="password"'))
      Object.assign(form, { username: process.env.PROBE_USER, password: process.env.PROBE_PASSWORD });
    else form.decision = 'accept';
    url = page.action;
  }
  throw new Error(`the sign-in does not end; last seen: ${url}`);
}

const callApi = (token) => send(`${API}/orders`, { headers: { authorization: `Bearer ${token}` } });

async function flow() {
  const nonce = randomBytes(16).toString('base64url');
  const verifier = randomBytes(32).toString('base64url');
  const response = await authorize(nonce, verifier);
  expect('the response brings code and id_token', response.code && response.id_token, response);
  const front = claimsOf(response.id_token);
  expect('the nonce is ours', front.nonce === nonce, front);
  expect('c_hash binds the code', front.c_hash === leftHalf(response.code), front);
  expect('iss is the public address', response.iss === `${OP}/` && front.iss === `${OP}/`, response);
  const form = {
    grant_type: 'authorization_code',
    code: response.code,
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  };
  const exchanged = await send(`${OP}/oauth/token`, { form, headers: asClient });
  expect('the code is exchanged', exchanged.status === 200, exchanged.text);
  const tokens = JSON.parse(exchanged.text);
  expect('both ID tokens name the same user', claimsOf(tokens.id_token).sub === front.sub, tokens);
  const called = await callApi(tokens.access_token);
  expect('the API answers', called.status === 200, called.text);
  const revoked = await send(`${OP}/oauth/revoke`, { form: { token: tokens.refresh_token }, headers: asClient });
  expect('the revocation is taken', revoked.status === 200, revoked.text);
  const began = performance.now();
  const milliseconds = await untilRefused(tokens.access_token, began);
  console.log(JSON.stringify({ signedIn: front.sub, refusedEverywhereAfterMs: milliseconds }));
}

/** Every replica must refuse: as many refusals in a row as make it sure that both were asked. */
async function untilRefused(token, began) {
  let refusals = 0;
  let since = 0;
  for (;;) {
    const { status, text } = await callApi(token);
    if (status === 401) {
      if (refusals === 0) since = Math.round(performance.now() - began);
      refusals += 1;
      if (refusals === 10) return since;
    } else {
      expect('the API accepts or refuses', status === 200, `${status} ${text}`);
      refusals = 0;
    }
    expect('a revoked token is refused in time', performance.now() - began < PATIENCE_MS, 'it is still accepted');
    await pause(20);
  }
}

const REQUESTS = [
  () => send(`${OP}/.well-known/openid-configuration`),
  () => send(`${OP}/oauth/token`, { form: { grant_type: 'client_credentials', audience: AUDIENCE }, headers: asApi }),
  () => send(`${OP}/oauth/introspect`, { form: { token: 'none' }, headers: asApi }),
  async () => {
    const { status } = await callApi('not-a-token');
    return { status: status === 401 ? 200 : status };
  },
];

async function load(file) {
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

const [command, argument] = process.argv.slice(2);
await { flow, load }[command](argument);
process.exit();
