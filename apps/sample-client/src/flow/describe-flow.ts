import { decodeClaims } from './sign-in.js';
import type { Flow } from './flow.js';

/** A message or a decoded token as the page shows it; `secret` ones are shortened with the rest to unfold. */
export interface Exhibit {
  readonly title: string;
  readonly text: string;
}

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

const json = (value: unknown): string => JSON.stringify(value, null, 2);
const lines = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => `${name} = ${value}`).join('\n');

/** Credentials stay recognisable and useless. */
export const shorten = (value: string): string =>
  value.length <= 24 ? value : `${value.slice(0, 12)}…${value.slice(-6)} (${value.length} characters)`;

const SECRET_NAMES = [
  'client_secret',
  'client_assertion',
  'code_verifier',
  'code',
  'access_token',
  'refresh_token',
  'id_token',
  'authorization',
];
const shown = (name: string, value: string): string =>
  SECRET_NAMES.includes(name.toLowerCase()) ? shorten(value) : value;
const shortened = (pairs: Iterable<readonly [string, string]>): string =>
  lines([...pairs].map(([name, value]) => [name, shown(name, value)] as const));

function shortenJson(body: string): string {
  try {
    const parsed = JSON.parse(body) as Record<string, unknown>;
    return json(
      Object.fromEntries(
        Object.entries(parsed).map(([name, value]) => [name, typeof value === 'string' ? shown(name, value) : value]),
      ),
    );
  } catch {
    return body;
  }
}

function step(number: number, title: string, text: string, more: Partial<Step> = {}): Step {
  return { number, title, text, exhibits: [], checks: [], hashes: [], done: true, ...more };
}

/** The ten steps of the hybrid flow as this sign-in went through them. */
export function describeFlow(flow: Flow, redirectUri: string): readonly Step[] {
  const { transaction, responseParameters, frontClaims, exchange, tokens } = flow;
  const request = new URL(transaction.authorizationUrl);
  const exchanged = tokens !== undefined;
  const frontAccessToken = responseParameters.find(([name]) => name === 'access_token')?.[1];
  return [
    step(1, 'The user selects Login', 'The application makes a fresh state, nonce and PKCE verifier for this browser.'),
    step(
      2,
      'The application redirects to /authorize',
      `With response_type ${transaction.responseType} and response_mode ${transaction.responseMode}.`,
      {
        exhibits: [{ title: `GET ${request.origin}${request.pathname}`, text: lines([...request.searchParams]) }],
      },
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
    step(
      5,
      'The provider sends the user back',
      `With a single-use code${frontClaims === undefined ? '' : ', an ID token'}${frontAccessToken === undefined ? '' : ', an access token'}.`,
      {
        exhibits: [
          {
            title: transaction.responseMode === 'form_post' ? `POST ${redirectUri}` : `${redirectUri}#…`,
            text: shortened(responseParameters),
          },
          ...(frontClaims === undefined ? [] : [{ title: 'First ID token, decoded', text: json(frontClaims) }]),
          ...(frontAccessToken === undefined
            ? []
            : [{ title: 'First access token, decoded', text: json(decodeClaims(frontAccessToken)) }]),
        ],
        checks: flow.responseChecks,
        hashes: flow.hashes,
      },
    ),
    step(
      6,
      'The application sends the code to /oauth/token',
      `With its client id and its ${transaction.credential === 'secret' ? 'secret' : 'private key JWT'}.`,
      {
        done: exchange !== undefined,
        exhibits:
          exchange === undefined
            ? []
            : [
                {
                  title: `${exchange.request.method} ${exchange.request.url}`,
                  text: shortened(Object.entries(exchange.request.headers)),
                },
                { title: 'Body', text: shortened(new URLSearchParams(exchange.request.body ?? '')) },
              ],
      },
    ),
    step(7, 'The provider verifies them', 'Client, code, redirect_uri and PKCE verifier; a code works once.', {
      done: exchange !== undefined,
    }),
    step(
      8,
      'It answers with a second ID token and access token',
      'And a refresh token, since offline_access was granted.',
      {
        done: exchanged,
        exhibits: [
          ...(exchange === undefined
            ? []
            : [{ title: `HTTP ${exchange.response.status}`, text: shortenJson(exchange.response.body) }]),
          ...(flow.secondClaims === undefined
            ? []
            : [{ title: 'Second ID token, decoded', text: json(flow.secondClaims) }]),
          ...(flow.accessTokenClaims === undefined
            ? []
            : [{ title: 'Second access token, decoded', text: json(flow.accessTokenClaims) }]),
        ],
        checks: flow.exchangeChecks,
      },
    ),
    step(
      9,
      'The application calls the API with the second access token',
      'Over HTTP, and over NATS with the token in the message’s header.',
      {
        done: flow.apiCalls.length > 0,
        exhibits: flow.apiCalls.map(({ over, what }) => ({ title: over, text: what })),
      },
    ),
    step(10, 'The API answers', 'It has verified the token by itself, and knows what was revoked.', {
      done: flow.apiCalls.length > 0,
      exhibits: flow.apiCalls.map(({ over, status, answer }) => ({
        title: `${over} ${status}`,
        text: shortenJson(answer),
      })),
    }),
  ];
}
