import type { Exchange } from '../oidc/provider.js';
import { documentExhibit, jsonExhibit, rowsExhibit, tokenExhibit } from './exhibits.js';
import type { Exhibit } from './exhibits.js';
import type { Flow } from './flow.js';

/** One of the ten steps with what was really sent. */
export interface Step {
  readonly number: number;
  readonly title: string;
  readonly text: string;
  readonly exhibits: readonly Exhibit[];
  readonly checks: readonly string[];
  readonly hashes: Flow['hashes'];
  readonly done: boolean;
}

function step(number: number, title: string, text: string, more: Partial<Step> = {}): Step {
  return { number, title, text, exhibits: [], checks: [], hashes: [], done: true, ...more };
}

/** The ten steps of the hybrid flow as this sign-in went through them. */
export const describeFlow = (flow: Flow, redirectUri: string): readonly Step[] => [
  ...towardsTheProvider(flow),
  answerThroughTheBrowser(flow, redirectUri),
  ...exchangeOfTheCode(flow),
  ...callsToTheApi(flow),
];

/** What was sent and what came back, for exchanges that are no step of the flow. */
export const describeExchange = ({ request, response }: Exchange): readonly Exhibit[] => [
  ...describeRequest({ request }),
  ...(response.body === ''
    ? [{ title: `HTTP ${response.status}`, rows: [] }]
    : [jsonExhibit(`HTTP ${response.status}`, response.body)]),
];

function describeRequest({ request }: Pick<Exchange, 'request'>): readonly Exhibit[] {
  const head = rowsExhibit(`${request.method} ${request.url}`, Object.entries(request.headers));
  return request.body === undefined ? [head] : [head, rowsExhibit('Body', new URLSearchParams(request.body))];
}

function towardsTheProvider({ transaction }: Flow): readonly Step[] {
  const request = new URL(transaction.authorizationUrl);
  return [
    step(
      1,
      'The user selects Login',
      'The application makes a fresh state, nonce and PKCE verifier, and a cookie that binds them to this browser.',
    ),
    step(
      2,
      'The application redirects to /authorize',
      `With response_type ${transaction.responseType} and response_mode ${transaction.responseMode}. code_challenge is the SHA-256 of the verifier that stays here.`,
      { exhibits: [rowsExhibit(`GET ${request.origin}${request.pathname}`, request.searchParams)] },
    ),
    step(
      3,
      'The provider redirects to its login and authorization prompt',
      'The request waits there, bound to the browser; no code or token exists yet.',
    ),
    step(
      4,
      'The user signs in and sees the permissions',
      'On the provider’s own pages: this application never sees the password.',
    ),
  ];
}

function answerThroughTheBrowser(
  { transaction, responseParameters, responseChecks, hashes }: Flow,
  redirectUri: string,
): Step {
  const valueOf = (wanted: string): string | undefined => responseParameters.find(([name]) => name === wanted)?.[1];
  const [idToken, accessToken] = [valueOf('id_token'), valueOf('access_token')];
  const parts = [
    ...(idToken === undefined ? [] : ['an ID token']),
    ...(accessToken === undefined ? [] : ['an access token']),
  ];
  const where = { form_post: `POST ${redirectUri}`, fragment: `${redirectUri}#…` }[transaction.responseMode];
  return step(
    5,
    'The provider sends the user back',
    parts.length === 0 ? 'With a single-use code and nothing else.' : `With a single-use code, ${parts.join(' and ')}.`,
    {
      exhibits: [
        rowsExhibit(where ?? `GET ${redirectUri}?…`, responseParameters),
        ...(idToken === undefined ? [] : [tokenExhibit('First ID token, decoded', idToken)]),
        ...(accessToken === undefined ? [] : [tokenExhibit('First access token, decoded', accessToken)]),
      ],
      checks: responseChecks,
      hashes,
    },
  );
}

function exchangeOfTheCode({ transaction, exchange, exchangeChecks, tokens, secondHash }: Flow): readonly Step[] {
  const [done, credential] = [
    exchange !== undefined,
    transaction.credential === 'secret' ? 'secret' : 'private key JWT',
  ];
  return [
    step(6, 'The application sends the code to /oauth/token', `With its client id and its ${credential}.`, {
      done,
      exhibits: exchange === undefined ? [] : describeRequest(exchange),
    }),
    step(7, 'The provider verifies them', 'Client, code, redirect_uri and PKCE verifier; a code works once.', { done }),
    step(
      8,
      'It answers with a second ID token and access token',
      'And a refresh token, since offline_access was granted.',
      {
        done: tokens !== undefined,
        exhibits: [
          ...(exchange === undefined ? [] : [jsonExhibit(`HTTP ${exchange.response.status}`, exchange.response.body)]),
          ...(tokens?.idToken === undefined ? [] : [tokenExhibit('Second ID token, decoded', tokens.idToken)]),
          ...(tokens === undefined ? [] : [tokenExhibit('Second access token, decoded', tokens.accessToken)]),
        ],
        checks: exchangeChecks,
        hashes: secondHash === undefined ? [] : [secondHash],
      },
    ),
  ];
}

function callsToTheApi({ apiCalls }: Flow): readonly Step[] {
  const done = apiCalls.length > 0;
  return [
    step(
      9,
      'The application calls the API with the second access token',
      'Over HTTP, and over NATS with the token in the message’s header.',
      { done, exhibits: apiCalls.map(({ over, what }) => ({ title: over, rows: [], text: what })) },
    ),
    step(10, 'The API answers', 'It has verified the token by itself, and knows what was revoked.', {
      done,
      exhibits: apiCalls.map(({ over, status, answer }) => documentExhibit(`${over} ${status}`, answer)),
    }),
  ];
}
