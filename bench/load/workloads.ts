import type { Target, WorkloadName } from '../servers/targets.js';
import { hashedPerson, person, webClient } from '../servers/settings.js';
import { API, SCOPE } from '../peers/peer-settings.js';
import { Browser } from './http.js';
import type { Connection } from './http.js';
import { basic, pathOf } from './relying-party.js';
import type { Alg, Asked, BenchClient, RelyingParty, TokenAnswer } from './relying-party.js';
import { responseIn, signIn } from './sign-in.js';
import type { Person } from './sign-in.js';
import type { Operation } from './window.js';

/** What the operations of one target have to work with: a connection for each virtual user. */
export interface Bench {
  readonly target: Target;
  readonly party: RelyingParty;
  readonly connections: readonly Connection[];
  readonly sessions: number;
}

type Parameters = Readonly<Record<string, string>>;

const hybrid = (alg: Alg): Parameters => ({
  ...{ response_type: 'code id_token', response_mode: 'form_post', scope: SCOPE, resource: API[alg] },
});
const code = (scope: string, more: Parameters = {}): Parameters => ({ response_type: 'code', scope, ...more });

/** Checks the response of the authorization endpoint and takes the tokens for its code. */
async function finish(
  { party, target }: Bench,
  connection: Connection,
  client: BenchClient,
  asked: Asked,
  response: Parameters | undefined,
): Promise<TokenAnswer> {
  if (response === undefined) throw new Error('authorization: no response');
  const { omits = [] } = target;
  const { nonce, parameters } = asked;
  const hybrid = parameters['response_type'] === 'code id_token';
  party.checkResponse(response, asked, hybrid && omits.includes('iss'));
  const { code: value, id_token: front } = response;
  if (value === undefined) throw new Error('authorization: no code');
  const named = hybrid ? party.checkIdToken(front, client, { nonce, code: value }) : undefined;
  const tokens = await party.redeem(connection, client, value, asked, '');
  const { access_token: accessToken } = tokens;
  const mayOmitTokenHash = omits.includes('at_hash');
  const subject = party.checkIdToken(tokens.id_token, client, { nonce, accessToken, mayOmitTokenHash });
  // OIDC Core §3.3.3.6: both ID tokens speak of the same person.
  if (named !== undefined && named !== subject) throw new Error('the two ID tokens differ in sub');
  const { resource: api } = parameters;
  if (api !== undefined) party.checkAccessToken(accessToken, client.alg, api, subject);
  return tokens;
}

/** From wherever the browser is to the tokens, answering whatever pages come. */
async function signedIn(bench: Bench, browser: Browser, client: BenchClient, parameters: Parameters, who: Person) {
  const asked = bench.party.ask(client, parameters);
  const response = await signIn(browser, asked.path, who);
  return finish(bench, browser.connection, client, asked, response);
}

/** H: session and consent are there. Every virtual user goes round its own sessions; none is used by two at once. */
const hybridRound =
  (alg: Alg) =>
  async (bench: Bench): Promise<Operation> => {
    const client = webClient(alg);
    const parameters = hybrid(alg);
    const perUser = Math.max(1, Math.ceil(bench.sessions / bench.connections.length));
    const browsers = await Promise.all(
      bench.connections.map(async (connection, user) => {
        const own = Array.from({ length: perUser }, () => new Browser(connection));
        for (const browser of own) await signedIn(bench, browser, client, parameters, person(user));
        return own;
      }),
    );
    let turn = 0;
    return async (user) => {
      const browser = browsers[user]?.[turn++ % perUser] as Browser;
      const asked = bench.party.ask(client, parameters);
      await finish(bench, browser.connection, client, asked, responseIn(await browser.get(asked.path)));
    };
  };

/** F: from a clean cookie jar; consent is asked for each time. */
const fullSignIn =
  (who: (number: number) => Person) =>
  (bench: Bench): Promise<Operation> => {
    const client = webClient('RS256');
    const parameters = { ...hybrid('RS256'), prompt: 'consent' };
    let number = 0;
    return Promise.resolve(async (user) => {
      await signedIn(bench, new Browser(bench.connections[user] as Connection), client, parameters, who(number++));
    });
  };

function tokensOfUsers(bench: Bench, parameters: Parameters): Promise<readonly TokenAnswer[]> {
  return Promise.all(
    bench.connections.map((connection, user) =>
      signedIn(bench, new Browser(connection), webClient('RS256'), parameters, person(user)),
    ),
  );
}

async function refreshChain(bench: Bench): Promise<Operation> {
  const scope = `${SCOPE} offline_access`;
  const tokens = await tokensOfUsers(bench, code(scope, { resource: API.RS256, prompt: 'consent' }));
  const held = tokens.map(({ refresh_token: token }) => token);
  return async (user) => {
    const before = held[user];
    if (before === undefined) throw new Error('no refresh token was issued');
    const form = `grant_type=refresh_token&refresh_token=${encodeURIComponent(before)}`;
    const answer = await bench.party.token(bench.connections[user] as Connection, webClient('RS256'), form);
    bench.party.checkAccessToken(answer.access_token, 'RS256', API.RS256);
    if (answer.id_token !== undefined) bench.party.checkIdToken(answer.id_token, webClient('RS256'), {});
    if (answer.refresh_token === undefined || answer.refresh_token === before)
      throw new Error('the refresh token was not rotated');
    held[user] = answer.refresh_token;
  };
}

function clientCredentials(bench: Bench): Promise<Operation> {
  const form = new URLSearchParams({ grant_type: 'client_credentials', scope: 'read:orders', resource: API.RS256 });
  return Promise.resolve(async (user) => {
    const { machine } = bench.target;
    const answer = await bench.party.token(bench.connections[user] as Connection, machine, form.toString());
    bench.party.checkAccessToken(answer.access_token, 'RS256', API.RS256);
  });
}

async function introspection(bench: Bench): Promise<Operation> {
  const { introspection: asker } = bench.target;
  const tokens = await tokensOfUsers(
    bench,
    asker === undefined ? code('openid') : code(SCOPE, { resource: API.RS256 }),
  );
  const path = pathOf(bench.party.metadata.introspection_endpoint as string);
  const headers = { authorization: basic(asker ?? webClient('RS256')) };
  return async (user) => {
    const form = `token=${encodeURIComponent((tokens[user] as TokenAnswer).access_token)}`;
    const { status, body } = await (bench.connections[user] as Connection).post(path, form, headers);
    if (status !== 200 || (JSON.parse(body) as { readonly active: boolean }).active !== true)
      throw new Error(`introspection: ${status} ${body.slice(0, 200)}`);
  };
}

async function userinfo(bench: Bench): Promise<Operation> {
  const tokens = await tokensOfUsers(bench, code('openid'));
  const path = pathOf(bench.party.metadata.userinfo_endpoint as string);
  return async (user) => {
    const headers = { authorization: `Bearer ${(tokens[user] as TokenAnswer).access_token}` };
    const { status, body } = await (bench.connections[user] as Connection).get(path, headers);
    if (status !== 200 || typeof (JSON.parse(body) as { readonly sub: unknown }).sub !== 'string')
      throw new Error(`userinfo: ${status} ${body.slice(0, 200)}`);
  };
}

/** D: both documents are one operation. */
function documents(bench: Bench): Promise<Operation> {
  const paths = [
    pathOf(`${bench.target.origin}/.well-known/openid-configuration`),
    pathOf(bench.party.metadata.jwks_uri),
  ];
  return Promise.resolve(async (user) => {
    for (const path of paths) {
      const { status, body } = await (bench.connections[user] as Connection).get(path);
      if (status !== 200 || !body.startsWith('{')) throw new Error(`${path}: ${status}`);
    }
  });
}

/** Access tokens for the API, one for each virtual user. */
export const apiTokens = async (bench: Bench): Promise<readonly string[]> =>
  (await tokensOfUsers(bench, code(SCOPE, { resource: API.RS256 }))).map(({ access_token: token }) => token);

export interface Workload {
  readonly title: string;
  readonly name: WorkloadName;
  /** Only for servers that hash passwords. */
  readonly hashes?: boolean;
  readonly prepare: (bench: Bench) => Promise<Operation>;
}

/** In the order in which they run. V needs other servers and stands apart. */
export const WORKLOADS: readonly Workload[] = [
  { title: 'H RS256', name: 'H', prepare: hybridRound('RS256') },
  { title: 'H ES256', name: 'H', prepare: hybridRound('ES256') },
  { title: 'F without hashing', name: 'F', prepare: fullSignIn(person) },
  { title: 'F with argon2id', name: 'F', hashes: true, prepare: fullSignIn(hashedPerson) },
  { title: 'R', name: 'R', prepare: refreshChain },
  { title: 'C', name: 'C', prepare: clientCredentials },
  { title: 'I', name: 'I', prepare: introspection },
  { title: 'U', name: 'U', prepare: userinfo },
  { title: 'D', name: 'D', prepare: documents },
];
