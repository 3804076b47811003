import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readConfig } from './config.js';
import { DemoBrowser } from './demo/demo-browser.js';
import { describeFlow } from './flow/describe-flow.js';
import type { Flow } from './flow/flow.js';
import { OrdersApi } from './flow/orders-api.js';
import { SignIn } from './flow/sign-in.js';
import { Provider } from './oidc/provider.js';

/** `npm run demo`: the ten steps against the running system, with the real messages and what was verified. */
Logger.overrideLogger(false);
const config = readConfig();
const provider = new Provider(config);
const signIn = new SignIn(provider, config);
const api = new OrdersApi(config);
const username = process.env['DEMO_USERNAME'] ?? 'alice@example.com';
const password = process.env['DEMO_PASSWORD'] ?? 'wonderland-42';

/** One statement that has to be true for the demo to succeed. */
function verify(what: string, holds: boolean): void {
  console.log(`   ${holds ? '✓' : '✗'} ${what}`);
  if (!holds) throw new Error(`step not fulfilled: ${what}`);
}

async function isReplayRefused(flow: Flow): Promise<boolean> {
  const again: Flow = { ...flow, apiCalls: [], notes: [] };
  delete again.tokens;
  delete again.exchange;
  return signIn.exchange(again).then(
    () => false,
    () => again.exchange?.response.status === 400,
  );
}

async function walk(): Promise<void> {
  const browser = new DemoBrowser(username, password);
  const transaction = await signIn.begin(
    { responseType: 'code id_token', responseMode: 'form_post', credential: 'secret' },
    { prompt: 'login consent' },
  );
  const answer = await browser.signIn(transaction.authorizationUrl, signIn.redirectUri);
  const flow = await signIn.receive(transaction, answer);
  await signIn.exchange(flow);
  const accessToken = flow.tokens?.accessToken ?? '';
  flow.apiCalls.push(await api.place(accessToken), await api.list(accessToken), await api.listOverNats(accessToken));
  for (const { number, title, text, exhibits, checks, hashes } of describeFlow(flow, signIn.redirectUri)) {
    console.log(`\n${number}. ${title}\n   ${text}`);
    if (number === 3 || number === 4) for (const visit of browser.visitsOf(number)) console.log(`   → ${visit}`);
    for (const exhibit of exhibits) console.log(`   ── ${exhibit.title}\n${exhibit.text.replace(/^/gm, '      ')}`);
    for (const hash of hashes)
      verify(`${hash.claim}: base64url(left half of the ${hash.alg} hash) = ${hash.computed}`, hash.holds);
    for (const check of checks) verify(check, true);
    if (number === 2)
      verify(
        'the request asks for response_mode form_post',
        transaction.authorizationUrl.includes('response_mode=form_post'),
      );
    if (number === 3) verify('the provider showed its login page', browser.sawLogin);
    if (number === 4) verify('the permissions were listed in words', browser.sawPermissions);
    if (number === 5) verify('the user is known before the exchange', flow.frontClaims?.sub !== undefined);
    if (number === 8)
      verify(
        'a second ID token, an access token and a refresh token came',
        flow.secondClaims !== undefined && flow.tokens?.refreshToken !== undefined,
      );
    if (number === 10)
      for (const { over, status } of flow.apiCalls)
        verify(`the API answered over ${over}`, status === 200 || status === 201);
    // Last, since the provider ends everything that came of the code.
    if (number === 10) verify('a second use of the code is refused', await isReplayRefused(flow));
  }
}

try {
  await walk();
  console.log('\nAll ten steps hold.');
} catch (error) {
  const cause = error instanceof Error ? error.message : String(error);
  console.error(`\nThe demo stopped: ${cause}`);
  console.error(
    `Is the system running? Start it with "npm start" and leave it open. The provider is expected at ${config.issuer}, the API at ${config.apiUrl}.`,
  );
  process.exitCode = 1;
} finally {
  await api.onModuleDestroy();
}
