/** A hybrid sign-in, the exchange, the API, and that a revoked token is refused. */
import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, newBrowser, OP } from './browser.mjs';
import { address, send } from './public-site.mjs';

const API = address('api');
const CALLBACK = `${address('app')}/callback`;
export const AUDIENCE = 'https://api.tandem.example/';
/** How late an API may learn of a revocation; longer where servers of the bus were just lost. */
const PATIENCE_MS = Number(process.env.PROBE_PATIENCE_MS ?? 5_000);

const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
const asClient = basic('sample-client', process.env.PROBE_CLIENT_SECRET);
export const asApi = basic('orders-api', process.env.PROBE_API_SECRET);
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const leftHalf = (text) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

/** Signs in as a browser would and returns the fields of the form_post page. */
async function authorize(nonce, verifier) {
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
  const { action, fields } = await newBrowser().signIn(`${OP}/authorize?${query}`);
  expect('the answer goes to the application', action === CALLBACK, action);
  return fields;
}

export const callApi = (token) => send(`${API}/orders`, { headers: { authorization: `Bearer ${token}` } });

export async function flow() {
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
