import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { AnyDomainEvent, EventType } from '@tandem/contracts';
import { generateSigningKey, type SigningKey } from '@tandem/jwt';
import { TestApi, until } from './api.spec-support.js';
import { TestBus } from './bus.spec-support.js';
import { now, TestIssuer } from './issuer.spec-support.js';
import type { ResourceServerOptions } from './options.js';

// A server that was away is found again within seconds.
jest.setTimeout(30_000);

const STALE = 1_000;

describe('an API that hears of revocations', () => {
  const bus = new TestBus();
  let issuer: TestIssuer;
  let api: TestApi;
  let stranger: SigningKey;

  beforeEach(async () => {
    await bus.start();
    issuer = await TestIssuer.start();
    stranger ??= await generateSigningKey('ES256');
  });
  afterEach(async () => {
    await api.stop();
    await issuer.stop();
    await bus.stop();
    bus.loseStore();
  });
  afterAll(() => bus.end());

  const current = (): boolean => api.revocations.isCurrent(now());
  async function start(options: Partial<ResourceServerOptions> = {}): Promise<void> {
    api = await TestApi.start(issuer, { nats: { url: bus.url, instance: '1' }, ...options });
  }
  async function startCurrent(): Promise<void> {
    await start();
    // Once for the start, once for the first contact with the stream.
    await until(() => issuer.askedFor('/oauth/revocations') >= 2 && current());
  }
  const eventOf = <E extends AnyDomainEvent>(type: EventType, more: Omit<E, keyof AnyDomainEvent>): AnyDomainEvent =>
    ({ id: randomUUID(), type, at: now(), ...more }) as unknown as AnyDomainEvent;
  const tell = (type: EventType, more: object, changes: object = {}, key = issuer.key): void =>
    bus.publish(type, issuer.event(eventOf(type, more as never), changes, key));
  const isRefused = (token: string) => async () => (await api.status(token)) === 401;

  it.each<[EventType, object]>([
    ['token.revoked', { jti: 'the-one', exp: now() + 300 }],
    ['grant.revoked', { grantId: 'grant-1', userId: 'alice', clientId: 'app', reason: 'test', exp: now() + 300 }],
    ['grant.changed', { grantId: 'grant-1', scope: [], withdrawnScope: ['read:things'], exp: now() + 300 }],
    ['session.ended', { sid: 'sid-1', userId: 'alice', exp: now() + 300 }],
    ['user.disabled', { userId: 'alice', notBefore: now() + 60 }],
    ['client.disabled', { clientId: 'app', notBefore: now() + 60 }],
  ])('refuses a token that it accepted before, after %s, without asking anybody', async (type, more) => {
    await startCurrent();
    const dead = issuer.token({ jti: 'the-one' });
    const alive = issuer.token({ jti: 'another', grant_id: 'g', sid: 's', sub: 'bob', client_id: 'other' });
    expect([await api.status(dead), await api.status(alive)]).toEqual([200, 200]);
    tell(type, more);
    await until(isRefused(dead));
    expect(await api.status(alive)).toBe(200);
    expect(issuer.askedFor('/oauth/introspect')).toBe(0);
  });

  it('refuses what was revoked before it started, from all pages of the snapshot', async () => {
    issuer.revocations = ['a', 'b', 'c'].map((id) => ({ kind: 'jti', id, until: now() + 300 }));
    await startCurrent();
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((jti) => api.status(issuer.token({ jti }))))).toEqual([
      ...[401, 401, 401],
      200,
    ]);
  });

  it('tells that it can not judge before it has the list', async () => {
    issuer.isUp = false;
    await start();
    const answer = await api.get(issuer.token());
    expect([answer.status, answer.headers.get('retry-after'), api.revocations.isReady]).toEqual([503, '5', false]);
    issuer.isUp = true;
    await until(() => api.revocations.isReady);
    await until(async () => (await api.status(issuer.token())) === 200);
  });

  it('accepts what the auth-server calls alive while its list is stale, asking once for some seconds', async () => {
    issuer.snapshotAt = now() - STALE;
    await start();
    await until(() => issuer.askedFor('/oauth/revocations') >= 2);
    const token = issuer.token();
    const statuses = await Promise.all(Array.from({ length: 10 }, () => api.status(token)));
    expect([new Set(statuses), issuer.askedFor('/oauth/introspect')]).toEqual([new Set([200]), 1]);
    issuer.active = false;
    expect(await api.status(issuer.token())).toBe(401);
    issuer.active = undefined;
    expect((await api.get(issuer.token())).headers.get('retry-after')).toBe('5');
  });

  it('accepts tokens by itself again after a heartbeat, but not after an old or a forged one', async () => {
    issuer.snapshotAt = now() - STALE;
    await start();
    await until(() => api.revocations.isReady);
    tell('heartbeat', { at: now() - STALE });
    tell('heartbeat', {}, {}, stranger);
    tell('heartbeat', {}, { aud: 'somebody else' });
    tell('heartbeat', {}, { iat: now() + 600 });
    tell('token.revoked', { jti: 'last', exp: now() + 300 });
    await until(() => api.revocations.list.size === 1);
    expect(current()).toBe(false);
    tell('heartbeat', {});
    await until(current);
  });

  it.each<[string, () => string]>([
    ['no token at all', () => 'garbage'],
    ['nothing', () => ''],
    ['an HMAC', () => `${Buffer.from('{"alg":"HS256","typ":"oidc-evt+jwt","kid":"k"}').toString('base64url')}.e30.AA`],
    ['an access token', () => issuer.token()],
    ['another type than its subject says', () => issuer.event(eventOf('heartbeat', {}))],
    ['no event', () => issuer.event(eventOf('token.revoked', {}), { event: undefined })],
    ['text for an event', () => issuer.event(eventOf('token.revoked', {}), { event: 'revoked' })],
    ['an event without what it needs', () => issuer.event(eventOf('token.revoked', {}))],
    [
      'a forged signature',
      () =>
        issuer.event(eventOf('token.revoked', { jti: 'x', exp: 1 } as never), {}, { ...stranger, kid: issuer.key.kid }),
    ],
  ])('refuses a message that is %s, and accepts the one behind it', async (_what, raw) => {
    await startCurrent();
    bus.publish('token.revoked', raw());
    tell('token.revoked', { jti: 'real', exp: now() + 300 });
    await until(() => api.revocations.list.size > 0);
    await until(isRefused(issuer.token({ jti: 'real' })));
    expect(api.revocations.list.size).toBe(1);
  });

  it('refuses tokens of a key that was taken away, also those that it had accepted', async () => {
    await startCurrent();
    const token = issuer.token();
    expect(await api.status(token)).toBe(200);
    const old = issuer.key;
    issuer.key = await generateSigningKey('ES256');
    issuer.published = [issuer.key];
    tell('keys.rotated', {}, {}, old);
    await until(isRefused(token));
    expect(await api.status(issuer.token())).toBe(200);
  });

  it('refuses what was revoked while the bus was away as soon as it is back, before the stream tells it', async () => {
    await startCurrent();
    const token = issuer.token({ jti: 'missed' });
    expect(await api.status(token)).toBe(200);
    await bus.stop();
    issuer.revocations = [{ kind: 'jti', id: 'missed', until: now() + 300 }];
    await bus.start();
    await until(isRefused(token));
  });

  it('accepts nothing by itself after the stream was lost, until it has the whole list again', async () => {
    await startCurrent();
    issuer.isUp = false;
    await bus.stop();
    bus.loseStore();
    issuer.revocations = [{ kind: 'jti', id: 'missed', until: now() + 300 }];
    await bus.start();
    await until(() => !current());
    issuer.isUp = true;
    await until(current);
    expect(await api.status(issuer.token({ jti: 'missed' }))).toBe(401);
  });

  it('accepts and refuses over NATS as over HTTP', async () => {
    await startCurrent();
    const token = issuer.token();
    expect(await api.call('things.list', `Bearer ${token}`)).toEqual({ of: 'alice' });
    expect(await api.call('things.list')).toMatchObject({ status: 401 });
    expect(await api.call('things.list', 'Bearer abc')).toMatchObject({ status: 401, error: 'invalid_token' });
    expect(await api.call('things.add', `Bearer ${token}`)).toMatchObject({ status: 403, error: 'insufficient_scope' });
    tell('grant.revoked', { grantId: 'grant-1', userId: 'alice', clientId: 'app', reason: 'test', exp: now() + 300 });
    await until(isRefused(token));
    expect(await api.call('things.list', `Bearer ${token}`)).toMatchObject({ status: 401, error: 'invalid_token' });
  });
});
