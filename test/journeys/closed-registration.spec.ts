import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { demoConfiguration } from '@tandem/dev';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';

const TOKEN = 'an-initial-access-token-for-two-uses';
const REDIRECT_URIS = { redirect_uris: ['https://rp.example/cb'] };

type Registration = Readonly<Record<string, unknown>> & {
  readonly error?: string;
  readonly registration_client_uri: string;
  readonly registration_access_token: string;
};

describe('registration that is not open', () => {
  let tandem: RunningTandem;
  beforeAll(async () => {
    const config = `${demoConfiguration('http://localhost:3002').trimEnd()}
dynamic_registration: { initial_access_tokens: [{ token: ${TOKEN}, uses: 40 }, { token: ${TOKEN}-once }] }
`;
    tandem = await startTandem({ apps: ['auth-server'], config });
  }, 60_000);
  afterAll(() => tandem?.stop(), 60_000);

  const send = async (
    url: string,
    metadata: object | undefined,
    token?: string,
  ): Promise<readonly [number, Registration]> => {
    const answer = await fetch(url, {
      method: url.endsWith('/register') ? 'POST' : metadata === undefined ? 'GET' : 'PUT',
      headers: {
        ...(metadata === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(metadata === undefined ? {} : { body: JSON.stringify(metadata) }),
    });
    return [answer.status, (await answer.json()) as Registration];
  };
  const register = (metadata: object, token?: string): Promise<readonly [number, Registration]> =>
    send(`${tandem.issuer}oidc/register`, { ...REDIRECT_URIS, ...metadata }, token);

  it('refuses who has no token, a wrong one or one that is used up', async () => {
    expect((await register({}))[0]).toBe(401);
    expect((await register({}, 'a-token-that-nobody-gave-away-at-all'))[0]).toBe(401);
    expect((await register({}, `${TOKEN}-once`))[0]).toBe(201);
    expect(await register({}, `${TOKEN}-once`)).toMatchObject([401, { error: 'invalid_token' }]);
  });

  it('keeps nothing that is for the operator to say', async () => {
    const wished = { client_id: 'chosen', is_trusted: true, skip_consent: true, created_by: 'me', profile: 'fapi2' };
    const [status, registered] = await register(wished, TOKEN);
    // Refused or left out: never kept.
    expect([201, 400]).toContain(status);
    expect(registered['client_id']).not.toBe('chosen');
    for (const name of ['is_trusted', 'skip_consent', 'created_by']) expect(registered).not.toHaveProperty(name);
  });

  it('refuses the registration token of another client, and the ids of others', async () => {
    const [, one] = await register({}, TOKEN);
    const [, other] = await register({}, TOKEN);
    expect((await send(one.registration_client_uri, undefined, one.registration_access_token))[0]).toBe(200);
    const foreign = await send(one.registration_client_uri, REDIRECT_URIS, other.registration_access_token);
    expect([401, 403]).toContain(foreign[0]);
  });

  it('asks no address of the inside, however it is spelled', async () => {
    let asked = 0;
    const inside = createServer((socket) => {
      asked += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    try {
      for (const host of ['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '0177.0.0.1', '2130706433', 'localhost'])
        for (const metadata of [
          { sector_identifier_uri: `https://${host}:${port}/uris.json`, subject_type: 'pairwise' },
          { jwks_uri: `https://${host}:${port}/jwks`, token_endpoint_auth_method: 'private_key_jwt' },
        ]) {
          const [status, { error }] = await register(metadata, TOKEN);
          // Keys are fetched when a client is asked for its key, a sector's document at once.
          if ('jwks_uri' in metadata && status === 201) continue;
          expect([status, error]).toEqual([400, 'invalid_client_metadata']);
        }
      expect(asked).toBe(0);
    } finally {
      inside.close();
    }
  });
});
