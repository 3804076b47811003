import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';

/** A request as no browser would write it. */
export interface OddRequest {
  readonly method: string;
  /** Everything behind the host, sent as it stands. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface OddAnswer {
  readonly status: number;
  readonly location: string;
  /** Headers and body as text, to look for what must not be in them. */
  readonly text: string;
  readonly body: string;
}

/** Sends requests as they are written, on one connection. */
export class OddCaller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(private readonly url: string) {}

  async send({ method, target, headers, body = '' }: OddRequest): Promise<OddAnswer> {
    const { hostname, port } = new URL(this.url);
    const length = body === '' ? {} : { 'content-length': Buffer.byteLength(body) };
    const sent = request({
      agent: this.agent,
      hostname,
      port,
      method,
      path: target,
      headers: { ...headers, ...length },
    });
    // What is refused before its method was read is answered with a body, to HEAD too: an error behind a good answer.
    sent.on('error', () => undefined);
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    const content = await text(answer);
    const { statusCode = 0, headers: told } = answer;
    return { status: statusCode, location: told.location ?? '', text: JSON.stringify(told) + content, body: content };
  }

  close(): void {
    this.agent.destroy();
  }
}

type Edit = (path: string) => string;

const slashAt = (path: string, where: number): number => {
  const slashes = [...path.matchAll(/\//g)].map(({ index }) => index);
  return slashes[where % slashes.length] ?? 0;
};
const insert = (path: string, index: number, put: string): string => path.slice(0, index) + put + path.slice(index);
const replaceAt = (path: string, where: number, spell: (character: string) => string): string => {
  const index = where % path.length;
  return path.slice(0, index) + spell(path.charAt(index)) + path.slice(index + 1);
};
const hex = (character: string): string => character.charCodeAt(0).toString(16).padStart(2, '0');

/** Spellings that some servers, proxies and routers take for the same path, and others don't; some kinds at a place. */
const RESPELLED: readonly ((where: number) => Edit)[] = [
  (where) => (path) => replaceAt(path, where, (character) => `%${hex(character)}`),
  (where) => (path) => replaceAt(path, where, (character) => `%${hex(character).toUpperCase()}`),
  (where) => (path) => replaceAt(path, where, (character) => `%25${hex(character)}`),
  (where) => (path) => replaceAt(path, where, (character) => `%u00${hex(character)}`),
  (where) => (path) => replaceAt(path, where, (character) => character.toUpperCase()),
  (where) => (path) => replaceAt(path, where, (character) => (character === '/' ? '\\' : character)),
  () => (path) => path.toUpperCase(),
  () => (path) => `/.${path}`,
  () => (path) => `//evil.example${path}`,
  () => (path) => `http://evil.example${path}`,
];
const BEFORE_A_SLASH = ['/', '/.', '/x/..', '/%2e', '/x/%2e%2e', '/..;', '/;', '/;x', '%2f', '/%5c'];
const ANYWHERE = ['%00', '%0d%0a', '%c0%af', '%ff', '%', '%zz', '..', ';', '\u00A0'];
const BEHIND = [
  ...['/', '//', '/.', '/..', '/x/..', '%2f', '%00', '%20', '%09', '.', '.json', ';', ';x=1', ';/x', '~', '*'],
  ...['?', '?x=1', '??', '#', '#f', '?/../', '%3f', '%23', '&', ',', '/%ff', '/..%2f..%2f'],
];
const where = fc.nat(200);
const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.constantFrom(...RESPELLED), where).map(([spelling, at]) => spelling(at)),
  fc.tuple(fc.constantFrom(...BEFORE_A_SLASH), where).map(
    ([put, at]): Edit =>
      (path) =>
        insert(path, slashAt(path, at), put),
  ),
  fc.tuple(fc.constantFrom(...ANYWHERE), where).map(
    ([put, at]): Edit =>
      (path) =>
        insert(path, at % (path.length + 1), put),
  ),
  fc.constantFrom(...BEHIND).map(
    (put): Edit =>
      (path) =>
        path + put,
  ),
);

const METHODS = [
  ...['GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  ...['TRACE', 'PROPFIND', 'XYZ'],
];
const CONTENT_TYPES = [
  ...[
    undefined,
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain',
    'multipart/form-data; boundary=x',
  ],
  ...['application/json; charset=utf-16', 'application/xml', 'application/vnd.api+json', 'a', '*/*', ''],
];
/** What elsewhere stands for a method, a path or a user, and credentials that are none. */
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  ...[{}, {}, {}, { accept: 'text/html' }, { accept: 'application/json' }, { origin: 'null' }, { range: 'bytes=0-9' }],
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map((name) => ({ [name]: 'GET' })),
  ...['x-original-url', 'x-rewrite-url', 'x-forwarded-prefix', 'x-forwarded-uri'].map((name) => ({ [name]: '/' })),
  ...['x-forwarded-user', 'x-remote-user', 'x-authenticated-userid', 'x-forwarded-email'].map((name) => ({
    [name]: 'alice',
  })),
  ...['x-forwarded-for', 'x-real-ip', 'x-forwarded-host'].map((name) => ({ [name]: '127.0.0.1' })),
  ...['', 'Bearer', 'Bearer ', 'bearer null', 'Bearer undefined', 'Basic', 'Basic Og==', 'Bearer e30.e30.'].map(
    (authorization) => ({ authorization }),
  ),
  ...['access-control-request-method', 'upgrade-insecure-requests', 'x-middleware-subrequest'].map((name) => ({
    [name]: '1',
  })),
];

/** Any method, any spelling of one of these paths, any content, no credentials. */
export const oddRequests = (paths: readonly string[]): fc.Arbitrary<OddRequest> =>
  fc
    .record({
      method: fc.constantFrom(...METHODS),
      path: fc.constantFrom(...paths),
      edits: fc.array(edit, { maxLength: 3 }),
      contentType: fc.constantFrom(...CONTENT_TYPES),
      more: fc.constantFrom(...HEADERS),
      content: fc.constantFrom(undefined, '', '{}', 'a=1', '[]', '{"a":', 'access_token=x'),
    })
    .map(({ method, path, edits, contentType, more, content }) => ({
      method,
      target: edits.reduce((spelled, change) => change(spelled), path),
      headers: { ...more, ...(contentType === undefined ? {} : { 'content-type': contentType }) },
      ...(content === undefined ? {} : { body: content }),
    }));
