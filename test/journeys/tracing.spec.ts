import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, headers, nkeyAuthenticator } from '@nats-io/transport-node';
import { INBOXES } from '@tandem/messaging';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import { DemoClient } from '../support/demo-client.js';
import { until } from '../support/measurement.js';
import { SpanCollector } from '../support/span-collector.js';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

describe('traces', () => {
  let collector: SpanCollector;
  let tandem: RunningTandem;
  beforeAll(async () => {
    collector = await SpanCollector.start();
    tandem = await startTandem({
      apps: ['auth-server', 'resource-api'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_BSP_SCHEDULE_DELAY: '100',
        // The API asks about every token.
        REVOCATION_STALENESS_SECONDS: '0',
      },
    });
  }, 60_000);
  afterAll(async () => {
    await tandem?.stop();
    await collector?.stop();
  });

  const inTrace = (traceId: string, service: string): readonly string[] =>
    collector
      .spans()
      .filter((span) => span.traceId === traceId && span.service === service)
      .map(({ name }) => name);

  it('tells one trace from the API over the auth-server to PostgreSQL, over HTTP and NATS, and no secret', async () => {
    const client = new DemoClient(tandem);
    const state = `state-${hex(8)}`;
    const { code = '', id_token: idToken = '' } = await client.signIn({
      scope: 'openid offline_access read:orders',
      state,
    });
    const tokens = (await (await client.exchange(code)).json()) as { access_token: string; refresh_token: string };
    const authorization = `Bearer ${tokens.access_token}`;
    const [overHttp, overNats] = [hex(16), hex(16)];

    const traceparent = `00-${overHttp}-${hex(8)}-01`;
    const answer = await fetch(`${tandem.resourceApiUrl}/orders?secret=marker-in-a-query`, {
      headers: { authorization, traceparent },
    });
    expect(answer.status).toBe(200);
    const postgres = (service: string) => (): Promise<boolean> =>
      Promise.resolve(inTrace(overHttp, service).some((name) => name.startsWith('pg.query')));
    expect(await until(postgres('resource-api'), 10)).toBe(true);
    expect(await until(postgres('auth-server'), 10)).toBe(true);
    expect(inTrace(overHttp, 'auth-server')).toContain('POST');

    const seed = new TextEncoder().encode(readFileSync(tandem.natsSeeds.sampleClient, 'utf8').trim());
    const nats = await connect({
      servers: tandem.natsUrl,
      authenticator: nkeyAuthenticator(seed),
      inboxPrefix: INBOXES.client,
    });
    const sent = headers();
    sent.set('authorization', authorization);
    sent.set('traceparent', `00-${overNats}-${hex(8)}-01`);
    const message = JSON.stringify({ pattern: 'orders.v1.list', data: {}, id: '1' });
    const reply = await nats.request('orders.v1.list', message, { headers: sent, timeout: 5_000 });
    await nats.close();
    expect(reply.string()).toContain('"orders"');
    const arrived = (): Promise<boolean> =>
      Promise.resolve(
        inTrace(overNats, 'resource-api').includes('orders.v1.list process') &&
          inTrace(overNats, 'resource-api').some((name) => name.startsWith('pg.query')),
      );
    expect(await until(arrived, 10)).toBe(true);

    const told = collector.bodies.join('\n');
    const secrets = [
      ...[code, idToken, state, tokens.access_token, tokens.refresh_token, 'wonderland-42', 'alice@example.com'],
      ...['demo-web-secret', 'demo-api-secret', 'marker-in-a-query', 'form_post', 'Bearer', ' FROM '],
    ];
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  });
});
