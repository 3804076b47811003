import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readConfig, readDemoUser } from './config.js';
import { DemoBrowser } from './demo/demo-browser.js';
import { DemoWalk } from './demo/demo-walk.js';
import { OrdersApi } from './flow/orders-api.js';
import { SignIn } from './flow/sign-in.js';
import { Provider } from './oidc/provider.js';

/** `npm run demo`: the ten steps against the running system, with the real messages and what was verified. */
Logger.overrideLogger(false);
const config = readConfig();
const { username, password } = readDemoUser();
const api = new OrdersApi(config);

/** Nothing answered: the system isn't there, or not yet. */
const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && (error.message === 'fetch failed' || error.name === 'TimeoutError');

try {
  const signIn = new SignIn(new Provider(config), config);
  const wrong = { ...config, withSecret: { ...config.withSecret, clientSecret: 'not-the-secret' } };
  const impostor = new SignIn(new Provider(wrong), wrong);
  await new DemoWalk(signIn, impostor, api, new DemoBrowser(username, password), console.log).run();
  console.log('\nAll ten steps hold.');
} catch (error) {
  console.error(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}`);
  if (isUnreachable(error))
    console.error(
      `Is the system running? Start it with "npm start" and leave it open. The provider is expected at ${config.issuer}, the API at ${config.apiUrl}.`,
    );
  process.exitCode = 1;
} finally {
  await api.onModuleDestroy();
}
