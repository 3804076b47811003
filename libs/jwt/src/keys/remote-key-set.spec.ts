import type { PublicJwk } from './public-jwk.js';
import { RemoteKeySet } from './remote-key-set.js';
import { generateSigningKey } from './signing-key.js';

/** A publisher that counts how often it is asked, and a clock that stands until moved. */
class Publisher {
  fetches = 0;
  now = 1_000;
  keys: readonly unknown[] = [];
  isDown = false;
  readonly failures: unknown[] = [];
  readonly set = new RemoteKeySet({
    fetch: () => this.fetch(),
    maxAgeSeconds: 600,
    now: () => this.now,
    onFetchFailed: (error) => this.failures.push(error),
  });

  private async fetch(): Promise<unknown> {
    this.fetches += 1;
    await Promise.resolve();
    if (this.isDown) throw new Error('down');
    return { keys: this.keys };
  }
}

describe('a remote key set', () => {
  let one: PublicJwk;
  let two: PublicJwk;
  let publisher: Publisher;
  beforeAll(async () => {
    one = (await generateSigningKey('ES256')).publicJwk;
    two = (await generateSigningKey('ES256')).publicJwk;
  });
  beforeEach(() => {
    publisher = new Publisher();
    publisher.keys = [one];
  });

  it('accepts a known kid without another fetch, and shows the keys to the synchronous path', async () => {
    expect(publisher.set.peek()).toEqual([]);
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([one]);
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([one]);
    expect(publisher.set.peek()).toEqual([one]);
    expect(publisher.fetches).toBe(1);
  });

  it('accepts a key that was published after the first fetch', async () => {
    await publisher.set.find(one.kid, 'ES256');
    publisher.keys = [one, two];
    publisher.now += 30;
    expect(await publisher.set.find(two.kid, 'ES256')).toEqual([two]);
    expect(publisher.fetches).toBe(2);
  });

  it('accepts an encryption key that was published later, and the old one while the publisher is away', async () => {
    const signing = { ...one, use: 'sig' };
    const encryption = { ...two, use: 'enc', alg: 'ECDH-ES' };
    publisher.keys = [signing];
    expect(await publisher.set.findForEncryption('ECDH-ES')).toBeUndefined();
    expect(await publisher.set.findForEncryption('ECDH-ES')).toBeUndefined();
    expect(publisher.fetches).toBe(1);
    publisher.keys = [signing, encryption];
    publisher.now += 30;
    expect(await publisher.set.findForEncryption('ECDH-ES')).toEqual(encryption);
    expect(await publisher.set.findForEncryption('RSA-OAEP-256')).toBeUndefined();
    expect(publisher.fetches).toBe(2);
    publisher.isDown = true;
    publisher.now += 600;
    expect(await publisher.set.findForEncryption('ECDH-ES')).toEqual(encryption);
    expect(publisher.failures).toHaveLength(1);
  });

  it('refuses 100 unknown kids with one fetch', async () => {
    await publisher.set.find(one.kid, 'ES256');
    publisher.now += 30;
    for (let i = 0; i < 100; i += 1) expect(await publisher.set.find(`unknown-${i}`, 'ES256')).toEqual([]);
    expect(publisher.fetches).toBe(2);
    publisher.now += 29;
    await publisher.set.find('unknown', 'ES256');
    expect(publisher.fetches).toBe(2);
  });

  it('shares one fetch between all who wait for it', async () => {
    const found = await Promise.all(Array.from({ length: 20 }, () => publisher.set.find(one.kid, 'ES256')));
    expect(found.every((keys) => keys.length === 1)).toBe(true);
    expect(publisher.fetches).toBe(1);
  });

  it('refuses a withdrawn key once the set is older than its maximum age', async () => {
    await publisher.set.find(one.kid, 'ES256');
    publisher.keys = [two];
    publisher.now += 600;
    expect(publisher.set.peek()).toEqual([]);
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([]);
  });

  it('keeps the old keys while the publisher is down, and tells of each failed fetch', async () => {
    await publisher.set.find(one.kid, 'ES256');
    publisher.isDown = true;
    publisher.now += 600;
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([one]);
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([one]);
    expect([publisher.fetches, publisher.failures.length]).toEqual([2, 1]);
    publisher.isDown = false;
    publisher.keys = [two];
    publisher.now += 30;
    expect(await publisher.set.find(two.kid, 'ES256')).toEqual([two]);
  });

  it('leaves out unfit keys and keeps the rest', async () => {
    publisher.keys = [{ kty: 'oct', k: 'AAAA' }, { kty: 'EC', crv: 'P-256' }, 7, one];
    expect(await publisher.set.find(undefined, 'ES256')).toEqual([one]);
    expect(await publisher.set.find(one.kid, 'RS256')).toEqual([]);
  });

  it('refuses a document that is no key set', async () => {
    publisher.keys = Array.from({ length: 101 }, () => one);
    expect(await publisher.set.find(one.kid, 'ES256')).toEqual([]);
    expect(publisher.failures).toHaveLength(1);
  });
});
