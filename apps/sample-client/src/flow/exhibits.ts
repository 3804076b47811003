/** A parameter, header or member of a message. A secret one is shortened; `full` can be unfolded. */
export interface Row {
  readonly name: string;
  readonly shown: string;
  readonly full?: string;
}

/** A message or a decoded token as the page shows it. */
export interface Exhibit {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly text?: string;
}

/** Names whose values are good for something in the wrong hands, or too long to read. */
const SECRET_NAMES = new Set([
  'client_assertion',
  'code_verifier',
  'code',
  'access_token',
  'refresh_token',
  'id_token',
  'id_token_hint',
  'token',
  'authorization',
]);

/** Credentials stay recognisable and useless. */
export const shorten = (value: string): string =>
  value.length <= 24 ? value : `${value.slice(0, 12)}…${value.slice(-6)} (${value.length} characters)`;

/** The client's secret is the application's, not the user's: only whose it is can be seen. */
function withoutSecret(authorization: string): string {
  const [scheme = '', credentials = ''] = authorization.split(' ', 2);
  const [clientId = ''] = Buffer.from(credentials, 'base64').toString('latin1').split(':', 1);
  return `${scheme} base64("${decodeURIComponent(clientId)}:" + the client's secret)`;
}

function rowOf(name: string, value: string): Row {
  if (name.toLowerCase() === 'authorization' && value.startsWith('Basic '))
    return { name, shown: withoutSecret(value) };
  if (name === 'client_secret') return { name, shown: '•••' };
  if (!SECRET_NAMES.has(name.toLowerCase()) || value.length <= 24) return { name, shown: value };
  return { name, shown: shorten(value), full: value };
}

/** A message of names and values. */
export const rowsExhibit = (title: string, pairs: Iterable<readonly [string, string]>): Exhibit => ({
  title,
  rows: [...pairs].map(([name, value]) => rowOf(name, value)),
});

const pretty = (value: unknown): string => JSON.stringify(value, null, 2);

/** A JSON answer: an object's members as rows, anything else as it came. */
export function jsonExhibit(title: string, body: string): Exhibit {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return { title, rows: [], text: body };
    const pairs = Object.entries(parsed).map(([name, value]): [string, string] => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]);
    return rowsExhibit(title, pairs);
  } catch {
    return { title, rows: [], text: body };
  }
}

/** A JSON answer without secrets, laid out to be read. */
export function documentExhibit(title: string, body: string): Exhibit {
  try {
    return { title, rows: [], text: pretty(JSON.parse(body)) };
  } catch {
    return { title, rows: [], text: body };
  }
}

const decodePart = (part: string | undefined): string => {
  const text = Buffer.from(part ?? '', 'base64url').toString('utf8');
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
};

/** A JWT's header and claims; an opaque token is said to be one. */
export function tokenExhibit(title: string, token: string): Exhibit {
  const [header, claims, signature] = token.split('.');
  if (signature === undefined) return { title, rows: [], text: 'opaque: only the provider knows what it means' };
  return { title, rows: [], text: `${decodePart(header)}\n${decodePart(claims)}` };
}

/** An exhibit for the terminal. */
export const exhibitText = ({ rows, text }: Exhibit): string =>
  [...rows.map(({ name, shown }) => `${name} = ${shown}`), ...(text === undefined ? [] : [text])].join('\n');
