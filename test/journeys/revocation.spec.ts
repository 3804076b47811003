import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';

const SCOPE = 'openid offline_access read:orders';

describe('revocation', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    tandem = await startTandem({ apps: ['auth-server', 'resource-api'] });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const callApi = (accessToken: string): Promise<Response> =>
    fetch(`${tandem.resourceApiUrl}/orders`, { headers: { authorization: `Bearer ${accessToken}` } });

  it('revokes a JWT access token at the API within a second, without a call per request', async () => {
    const delays: number[] = [];
    for (let round = 0; round < 20; round += 1) {
      const client = new DemoClient(tandem);
      const tokens = await client.tokens(SCOPE);
      expect((await callApi(tokens.access_token)).status).toBe(200);
      expect((await client.revoke(tokens.refresh_token as string)).status).toBe(200);
      const revokedAt = performance.now();
      let answer = await callApi(tokens.access_token);
      while (answer.status === 200 && performance.now() - revokedAt < 5_000)
        answer = await callApi(tokens.access_token);
      delays.push(performance.now() - revokedAt);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    expect(Math.max(...delays)).toBeLessThan(1_000);
    const introspections = tandem.logs('auth-server').filter((line) => line.includes('"path":"/oauth/introspect"'));
    expect(introspections).toEqual([]);
  });

  it('refuses tokens that were revoked before the API started, from its first answer on', async () => {
    const client = new DemoClient(tandem);
    const tokens = await client.tokens(SCOPE);
    await tandem.app('resource-api').stop();
    expect((await client.revoke(tokens.refresh_token as string)).status).toBe(200);
    await tandem.app('resource-api').restart();
    await tandem.app('resource-api').untilReady();
    expect((await callApi(tokens.access_token)).status).toBe(401);
  });

  it('accepts requests while NATS is away and delivers the revocation when it is back', async () => {
    const client = new DemoClient(tandem);
    const tokens = await client.tokens(SCOPE);
    expect((await callApi(tokens.access_token)).status).toBe(200);
    tandem.nats.kill('SIGSTOP');
    try {
      expect((await client.revoke(tokens.refresh_token as string)).status).toBe(200);
      expect((await new DemoClient(tandem).signIn()).code).toBeDefined();
    } finally {
      tandem.nats.kill('SIGCONT');
    }
    const back = performance.now();
    let answer = await callApi(tokens.access_token);
    while (answer.status === 200 && performance.now() - back < 20_000) answer = await callApi(tokens.access_token);
    expect(answer.status).toBe(401);
  });
});
