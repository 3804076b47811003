import { randomUUID } from 'node:crypto';
import { Database, GrantStore, SessionStore, UserStore } from '@tandem/persistence';
import type { Grant } from '@tandem/protocol';
import fc from 'fast-check';
import { CALLBACK, keepCode } from '../../kept-code.spec-support.js';
import { LogWatch, post, startApp, type RunningApp } from '../../running-app.spec-support.js';
import { type Ask, FamilyModel, IDLE_SECONDS, LEEWAY_SECONDS, LIFETIME_SECONDS } from './family-model.spec-support.js';

const SECRET = 'secret-of-the-clients';
const API = 'https://api.example/';
const client = (clientId: string, leewaySeconds: number): string =>
  `{ client_id: ${clientId}, client_secret: ${SECRET}, token_endpoint_auth_method: client_secret_post, audiences: [${API}],
     redirect_uris: [${CALLBACK}], grant_types: [authorization_code, refresh_token], id_token_signed_response_alg: ES256,
     refresh_token: { leeway_seconds: ${leewaySeconds}, idle_lifetime_seconds: ${IDLE_SECONDS}, absolute_lifetime_seconds: ${LIFETIME_SECONDS} } }`;
const DECLARED = `
apis: [{ identifier: ${API}, scopes: { read: Read, write: Write }, signing_alg: ES256 }]
clients: [${client('strict', 0)}, ${client('lenient', LEEWAY_SECONDS)}, ${client('other', LEEWAY_SECONDS)}]
`;

let replicas: readonly [RunningApp, RunningApp];
beforeAll(async () => {
  const first = await startApp(DECLARED, { logLevel: 'trace' });
  replicas = [first, await first.replica()];
});
afterAll(() => replicas[0].close());

/** `which` of the tokens seen so far: counted from the newest. */
interface Use {
  readonly which: number;
  readonly isOwner: boolean;
  readonly replica: 0 | 1;
}
type Step =
  | ({ readonly act: 'refresh'; readonly ask: Ask } & Use)
  | { readonly act: 'refresh twice at once'; readonly which: number }
  | ({ readonly act: 'revoke access token' | 'revoke refresh token' } & Use)
  | { readonly act: 'time'; readonly seconds: number }
  | { readonly act: 'withdraw scope'; readonly word: string }
  | { readonly act: 'end session' | 'revoke grant' | 'disable user' | 'new password' };

const oneOf = <T>(often: fc.Arbitrary<T>, ...seldom: readonly fc.Arbitrary<T>[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: seldom.length, arbitrary: often }, ...seldom);

const GRANTED = ['openid', 'offline_access', 'profile', 'email'];
const scope = fc.uniqueArray(fc.constantFrom(...GRANTED, 'read', 'write', 'admin'), { minLength: 1 });
const narrower = fc.subarray(GRANTED, { minLength: 1 });
const ask = fc.oneof<fc.Arbitrary<Ask>[]>(
  fc.constant({}),
  fc.record({ scope: narrower }),
  fc.record({ scope }),
  fc.record({ scope: narrower, audience: fc.constantFrom(API, 'https://elsewhere.example/') }),
);
const which = oneOf(fc.constantFrom(0, 1), fc.nat({ max: 5 }));
const use = { which, isOwner: oneOf(fc.constant(true), fc.constant(false)), replica: fc.constantFrom(0, 1) };
const act = <A extends Step['act']>(name: A): fc.Arbitrary<A> => fc.constant(name);
const time = fc.record({ act: act('time'), seconds: fc.constantFrom(20, 70, 130, 210) });
const end = fc.oneof(
  fc.record({ act: act('revoke refresh token'), ...use }),
  fc.record({ act: fc.constantFrom('revoke grant', 'disable user', 'new password') }),
);
const step = oneOf<Step>(
  fc.record({ act: act('refresh'), ask, ...use }),
  ...[time, time, time, end],
  fc.record({ act: act('refresh twice at once'), which }),
  fc.record({ act: act('revoke access token'), ...use }),
  fc.record({ act: act('withdraw scope'), word: fc.constantFrom('email', 'write') }),
  fc.record({ act: act('end session') }),
);

/** A family at the server, beside the model of it. */
class Family {
  private readonly refreshTokens: string[] = [];
  private readonly accessTokens: string[] = [];
  private readonly idTokens: string[] = [];

  private constructor(
    private readonly model: FamilyModel,
    private readonly grant: Grant,
  ) {}

  static async begin(clientId: string, audience: readonly string[]): Promise<Family> {
    const { app } = replicas[0];
    const email = `${randomUUID()}@example.com`;
    const userId = await app.get(UserStore).keep({ email, emailVerified: true, claims: {} });
    const sid = randomUUID();
    const session = { sid, userId, authTime: 1_700_000_000, acr: 'urn:tandem:acr:single-factor', amr: ['pwd'] };
    await app.get(SessionStore).start(session, Buffer.from(sid), 3_600);
    const scope = [...GRANTED, ...(audience.length > 0 ? ['read', 'write'] : [])];
    const { code, grant } = await keepCode(replicas[0], { userId, clientId, sid, scope, audience });
    const family = new Family(new FamilyModel(clientId === 'lenient' ? LEEWAY_SECONDS : 0, scope, audience), grant);
    const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
    const { status, sent } = await post(replicas[0], 'oauth/token', { ...form, ...family.identity(true) });
    expect(status).toBe(200);
    family.take(sent);
    return family;
  }

  private identity(isOwner: boolean): Readonly<Record<string, string>> {
    return { client_id: isOwner ? this.grant.clientId : 'other', client_secret: SECRET };
  }

  private take(sent: Readonly<Record<string, string>>): void {
    const { refresh_token: refreshToken = '', access_token: accessToken = '', id_token: idToken } = sent;
    if (!this.refreshTokens.includes(refreshToken)) this.refreshTokens.push(refreshToken);
    this.accessTokens.push(accessToken);
    if (idToken !== undefined) this.idTokens.push(idToken);
  }

  get secrets(): readonly string[] {
    return [SECRET, ...this.refreshTokens, ...this.accessTokens, ...this.idTokens];
  }

  async act(step: Step): Promise<void> {
    const { model, grant } = this;
    const { app } = replicas[1];
    const place = (tokens: readonly string[], which: number): number => tokens.length - 1 - (which % tokens.length);
    switch (step.act) {
      case 'refresh':
        return this.refresh(place(this.refreshTokens, step.which), step.isOwner, step.replica, step.ask);
      case 'refresh twice at once':
        return this.refreshTwice(place(this.refreshTokens, step.which));
      case 'time': {
        const shift = 'consumed_at = consumed_at - $2::interval, idle_expires_at = idle_expires_at - $2::interval';
        await app
          .get(Database)
          .dataSource.query(
            `UPDATE refresh_tokens SET ${shift}, expires_at = expires_at - $2::interval WHERE grant_id = $1`,
            [grant.grantId, `${step.seconds} seconds`],
          );
        model.now += step.seconds;
        return;
      }
      case 'revoke access token': {
        const index = place(this.accessTokens, step.which);
        await this.revoke(this.accessTokens[index], step.isOwner, step.replica);
        if (step.isOwner) model.revokeAccessToken(index);
        return;
      }
      case 'revoke refresh token':
        await this.revoke(this.refreshTokens[place(this.refreshTokens, step.which)], step.isOwner, step.replica);
        if (step.isOwner) model.isAlive = false;
        return;
      case 'end session':
        await app.get(SessionStore).end(grant.sid);
        return;
      case 'withdraw scope':
        await app.get(GrantStore).withdrawScope(grant.grantId, [step.word]);
        model.withdraw(step.word);
        return;
      case 'revoke grant':
        await app.get(GrantStore).revoke(grant.grantId, 'operator');
        model.isAlive = false;
        return;
      case 'disable user':
        await app.get(UserStore).disable(grant.userId, 0);
        model.isAlive = false;
        return;
      case 'new password':
        await app.get(UserStore).setPassword(grant.userId, 'hash');
        model.isAlive = false;
    }
  }

  /** Every access token that was issued lives or not, as the model says. */
  async expectAccessTokens(): Promise<void> {
    const told: boolean[] = [];
    const scopes: (string | undefined)[] = [];
    for (const token of this.accessTokens) {
      const { sent } = await post(replicas[1], 'oauth/introspect', { token, ...this.identity(true) });
      told.push(String(sent['active']) === 'true');
      scopes.push(sent['scope']);
    }
    const expected = this.model.accessTokens.map((token) => this.model.lives(token));
    expect(told).toEqual(expected);
    expect(scopes).toEqual(
      this.model.accessTokens.map(({ scope }, index) => (expected[index] === true ? scope.join(' ') : undefined)),
    );
  }

  private async refresh(index: number, isOwner: boolean, at: 0 | 1, ask: Ask): Promise<void> {
    const form = {
      ...{ grant_type: 'refresh_token', refresh_token: this.refreshTokens[index] as string },
      ...(ask.scope === undefined ? {} : { scope: ask.scope.join(' ') }),
      ...(ask.audience === undefined ? {} : { audience: ask.audience }),
      ...this.identity(isOwner),
    };
    const { status, sent } = await post(replicas[at], 'oauth/token', form);
    const expected = this.model.refresh(index, isOwner, ask);
    expect(sent['error'] ?? status).toBe(typeof expected === 'string' ? expected : 200);
    if (typeof expected === 'string') return;
    this.take(sent);
    expect(this.refreshTokens.indexOf(sent['refresh_token'] as string)).toBe(expected.successor);
    expect(sent['scope']).toBe(expected.scope.join(' '));
    expect(sent['id_token'] !== undefined).toBe(expected.scope.includes('openid'));
  }

  /** At two replicas. Two requests that are alike have one order only. */
  private async refreshTwice(index: number): Promise<void> {
    const form = { grant_type: 'refresh_token', refresh_token: this.refreshTokens[index] as string };
    const answers = await Promise.all(
      replicas.map((each) => post(each, 'oauth/token', { ...form, ...this.identity(true) })),
    );
    const expected = replicas.map(() => this.model.refresh(index, true, {}));
    const outcomes = answers.map(({ status, sent }) => sent['error'] ?? String(status));
    expect(outcomes.toSorted()).toEqual(expected.map((each) => (typeof each === 'string' ? each : '200')).toSorted());
    for (const { status, sent } of answers) if (status === 200) this.take(sent);
    expect(this.refreshTokens).toHaveLength(this.model.tokens.length);
  }

  private async revoke(token: string | undefined, isOwner: boolean, at: 0 | 1): Promise<void> {
    const form = { token: token as string, ...this.identity(isOwner) };
    expect((await post(replicas[at], 'oauth/revoke', form)).status).toBe(200);
  }
}

describe('the family of a refresh token', () => {
  it('tells of every token what the model tells, after any history', async () => {
    const log = new LogWatch(replicas[0]);
    const audience = fc.constantFrom([], [API]);
    const clientId = fc.constantFrom('strict', 'lenient');
    await fc.assert(
      fc.asyncProperty(clientId, audience, fc.array(step, { maxLength: 8 }), async (owner, apis, steps) => {
        const family = await Family.begin(owner, apis);
        for (const each of steps) await family.act(each);
        await family.expectAccessTokens();
        log.expectUntold(family.secrets);
      }),
    );
    expect(log.lines).toBeGreaterThan(0);
  });
});
