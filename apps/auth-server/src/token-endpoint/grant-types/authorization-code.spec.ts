import { randomBytes } from 'node:crypto';
import { Database, GrantStore, UserStore } from '@tandem/persistence';
import { s256, storedHash } from '@tandem/protocol';
import fc from 'fast-check';
import { CALLBACK, keepCode } from '../../kept-code.spec-support.js';
import { LogWatch, post, startApp, type RunningApp } from '../../running-app.spec-support.js';

const OTHER_CALLBACK = 'https://rp.example/other';
const SECRET = 'secret-of-the-clients';
const API = 'https://api.example/';
const client = (clientId: string): string =>
  `{ client_id: ${clientId}, client_secret: ${SECRET}, token_endpoint_auth_method: client_secret_post, audiences: [${API}],
     redirect_uris: [${CALLBACK}, ${OTHER_CALLBACK}], id_token_signed_response_alg: ES256 }`;
const DECLARED = `
apis: [{ identifier: ${API}, scopes: { read: Read }, signing_alg: ES256 }]
clients: [${client('web')}, ${client('other')}]
users: [{ email: alice@example.com }]
`;

let replicas: readonly [RunningApp, RunningApp];
let userId: string;
beforeAll(async () => {
  const first = await startApp(DECLARED, { logLevel: 'trace' });
  replicas = [first, await first.replica()];
  userId = (await first.app.get(UserStore).findByEmail('alice@example.com'))?.user.userId as string;
});
afterAll(() => replicas[0].close());

const PROOFS = [
  'right',
  'wrong verifier',
  'malformed verifier',
  'no verifier',
  'another redirect_uri',
  'no redirect_uri',
] as const;

/** One token request with the code. */
interface Attempt {
  readonly clientId: 'web' | 'other';
  readonly proof: (typeof PROOFS)[number];
  readonly replica: 0 | 1;
}
/** Requests that are sent at once, or the end of the code's life. */
type Step = readonly Attempt[] | 'expiry';

/** What the documents say of a code: see the diagram of `AuthorizationCodeGrant`. */
class CodeModel {
  isUsed = false;
  isExpired = false;
  isGrantAlive = true;

  copy(): CodeModel {
    return Object.assign(new CodeModel(), this);
  }

  attempt({ clientId, proof }: Attempt): 'issued' | 'refused' {
    if (clientId !== 'web' || (!this.isUsed && this.isExpired)) return 'refused';
    const isFirst = !this.isUsed;
    this.isUsed = true;
    if (isFirst && proof === 'right') return 'issued';
    this.isGrantAlive = false;
    return 'refused';
  }
}

function* ordersOf<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length === 0) yield [];
  for (const [index, item] of items.entries())
    for (const rest of ordersOf(items.filter((_, other) => other !== index))) yield [item, ...rest];
}

/** The model after requests at once, if there is an order of them in which it gives these outcomes. */
function after(model: CodeModel, attempts: readonly Attempt[], outcomes: readonly string[]): CodeModel | undefined {
  for (const order of ordersOf([...attempts.entries()])) {
    const next = model.copy();
    if (order.every(([index, attempt]) => next.attempt(attempt) === outcomes[index])) return next;
  }
  return undefined;
}

const attempt: fc.Arbitrary<Attempt> = fc.record({
  clientId: fc.oneof({ weight: 3, arbitrary: fc.constant('web') }, fc.constant('other')),
  proof: fc.oneof({ weight: 2, arbitrary: fc.constant('right') }, fc.constantFrom(...PROOFS)),
  replica: fc.constantFrom(0, 1),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(attempt) },
  { weight: 2, arbitrary: fc.array(attempt, { minLength: 2, maxLength: 3 }) },
  fc.constant('expiry'),
);

describe('a code', () => {
  const verifier = randomBytes(32).toString('base64url');
  const proofs: Readonly<Record<Attempt['proof'], Readonly<Record<string, string>>>> = {
    right: { redirect_uri: CALLBACK, code_verifier: verifier },
    'wrong verifier': { redirect_uri: CALLBACK, code_verifier: randomBytes(32).toString('base64url') },
    'malformed verifier': { redirect_uri: CALLBACK, code_verifier: 'shorter-than-it-may-be' },
    'no verifier': { redirect_uri: CALLBACK },
    'another redirect_uri': { redirect_uri: OTHER_CALLBACK, code_verifier: verifier },
    'no redirect_uri': { code_verifier: verifier },
  };

  it('issues tokens once and to its owner only, whoever tries it how often, where and when', async () => {
    const log = new LogWatch(replicas[0]);
    const grants = replicas[1].app.get(GrantStore);
    const { dataSource } = replicas[0].app.get(Database);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        const grantOf = { userId, scope: ['openid', 'offline_access', 'read'], audience: [API] };
        const { code, grant } = await keepCode(replicas[0], grantOf, { codeChallenge: s256(verifier), nonce: 'n' });
        let model = new CodeModel();
        const issued: Readonly<Record<string, string>>[] = [];
        for (const each of steps) {
          if (each === 'expiry') {
            const expire = 'UPDATE authorization_codes SET expires_at = clock_timestamp() WHERE code_hash = $1';
            await dataSource.query(expire, [storedHash(code)]);
            model.isExpired = true;
            continue;
          }
          const outcomes = await Promise.all(
            each.map(async ({ clientId, proof, replica }) => {
              const identity = { client_id: clientId, client_secret: SECRET };
              const request = { grant_type: 'authorization_code', code, ...identity, ...proofs[proof] };
              const { status, sent } = await post(replicas[replica], 'oauth/token', request);
              if (status === 200) issued.push(sent);
              else expect([status, sent['error']]).toEqual([400, 'invalid_grant']);
              return status === 200 ? 'issued' : 'refused';
            }),
          );
          const next = after(model, each, outcomes);
          expect({ outcomes, isExplained: next !== undefined }).toEqual({ outcomes, isExplained: true });
          model = next as CodeModel;
          expect((await grants.find(grant.grantId)) !== undefined).toBe(model.isGrantAlive);
        }
        for (const tokens of [...issued]) {
          const identity = { client_id: 'web', client_secret: SECRET };
          const seen = await post(replicas[1], 'oauth/introspect', {
            ...identity,
            token: tokens['access_token'] ?? '',
          });
          expect(seen.sent['active']).toBe(model.isGrantAlive);
          const refresh = { grant_type: 'refresh_token', refresh_token: tokens['refresh_token'] ?? '', ...identity };
          const refreshed = await post(replicas[0], 'oauth/token', refresh);
          expect(refreshed.status).toBe(model.isGrantAlive ? 200 : 400);
          issued.push(refreshed.sent);
        }
        const tokens = issued.flatMap((sent) => [sent['access_token'], sent['id_token'], sent['refresh_token']]);
        const sent = [code, SECRET, ...Object.values(proofs).map((proof) => proof['code_verifier'])];
        log.expectUntold([...sent, ...tokens]);
      }),
    );
    expect(log.lines).toBeGreaterThan(0);
  });
});
