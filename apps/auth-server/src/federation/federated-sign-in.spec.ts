import { startApp, type RunningApp } from '../running-app.spec-support.js';
import { FederatedSignIn, type FederatedOutcome } from './federated-sign-in.js';

let running: RunningApp;
beforeAll(async () => {
  running = await startApp('clients: []');
});
afterAll(() => running.close());

const described = { email: 'dora@example.com', emailVerified: true, claims: {} };
const settle = (subject: string, before: () => Promise<unknown> = async () => undefined): Promise<FederatedOutcome> =>
  running.app.get(FederatedSignIn).settle(
    { connection: 'company', subject },
    async () => {
      await before();
      return described;
    },
    { signUp: true },
  );

it('knows the user whom another sign-in by the same identity made while this one was under way', async () => {
  let other: FederatedOutcome | undefined;
  const late = await settle('dora', async () => {
    other = await settle('dora');
  });
  expect(late).toEqual({ outcome: 'known', userId: expect.any(String) });
  expect(late).toEqual(other);
});

it('asks for a proof where the address is that of another identity', async () => {
  expect(await settle('somebody-else')).toEqual({ outcome: 'link', userId: expect.any(String) });
});
