import { jest } from '@jest/globals';
import { logoutSubject } from '@tandem/contracts';
import type { Verdict } from './event-listener.js';
import { LogoutListener } from './logout-listener.js';
import { TestNats, until } from './nats.spec-support.js';
import { publishStored } from './publish-stored.js';

// A server that was away is found again within seconds.
jest.setTimeout(20_000);

describe('the listener to logout tokens', () => {
  const nats = new TestNats();
  let listener: LogoutListener | undefined;
  let taken: string[];

  beforeEach(async () => {
    taken = [];
    await nats.start();
    await nats.provision();
  });
  afterEach(async () => {
    await listener?.stop();
    await nats.stop();
    nats.loseStore();
  });
  afterAll(() => nats.end());

  function listen(judge: (token: string) => Verdict = () => 'ack'): void {
    listener = new LogoutListener({
      ...{ url: nats.url, receiver: 'shop', logger: { warn: () => undefined } },
      onLogoutToken: (token) => {
        taken.push(token);
        return judge(token);
      },
    });
    listener.start();
  }

  it('accepts its own tokens, those too that were sent before it was there, and none of others', async () => {
    const link = nats.link();
    await until(() => link.current !== undefined);
    expect(await publishStored(link, logoutSubject('shop'), 'early', '1')).toBe(true);
    expect(await publishStored(link, logoutSubject('mail'), 'not ours', '2')).toBe(true);
    listen();
    expect(await publishStored(link, logoutSubject('shop'), 'late', '3')).toBe(true);
    await until(() => taken.length === 2);
    expect(taken).toEqual(['early', 'late']);
  });

  it('accepts a token once that was sent again, and offers again what was not taken', async () => {
    const link = nats.link();
    await until(() => link.current !== undefined);
    let isFirst = true;
    listen(() => {
      const verdict = isFirst ? 'nak' : 'ack';
      isFirst = false;
      return verdict;
    });
    for (let time = 0; time < 2; time += 1)
      expect(await publishStored(link, logoutSubject('shop'), 'token', '1')).toBe(true);
    await until(() => taken.length === 2);
    expect(await publishStored(link, logoutSubject('shop'), 'next', '2')).toBe(true);
    await until(() => taken.length === 3);
    expect(taken).toEqual(['token', 'token', 'next']);
  });

  it('refuses to call a token sent that no stream has taken', async () => {
    const link = nats.link();
    await until(() => link.current !== undefined);
    await nats.stop();
    await until(() => link.current === undefined);
    expect(await publishStored(link, logoutSubject('shop'), 'token', '1')).toBe(false);
    expect(await publishStored(undefined, logoutSubject('shop'), 'token', '1')).toBe(false);
  });
});
