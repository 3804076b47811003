import type { FastifyInstance, FastifyRequest } from 'fastify';

const MAXIMUM_URL = 8_192;
const MAXIMUM_PARAMETERS = 100;
/** RFC 3986 §7.3: `%00` "should be rejected if the application is not expecting to receive raw data"; so are the others. */
const CONTROL_IN_PATH = /^[^?]*%(?:[01][0-9a-f]|7f)/i;
/** Headers of which a second one would be read by some and ignored by others. */
const SINGLE_HEADERS = new Set(['host', 'authorization', 'content-type', 'content-length']);

/** A request that is refused before any handler sees it. */
export class StrangeRequest extends Error {
  constructor(
    readonly statusCode: number,
    message: string,
  ) {
    super(message);
    this.name = 'StrangeRequest';
  }
}

/** Refuses what parsers disagree about: doubled headers, encodings and charsets that would be ignored, odd and endless URLs. */
export function refuseStrangeRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(strangeness(request));
  });
}

/** Takes form bodies as raw text: names that repeat and escapes that are broken are for the reader to judge. */
export function takeForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    hasTooManyParameters(body as string) ? done(tooMany()) : done(null, body),
  );
}

const tooMany = (): StrangeRequest => new StrangeRequest(400, 'too many parameters');

function hasTooManyParameters(text: string, start = 0): boolean {
  let count = 0;
  for (let at = text.indexOf('&', start); at >= 0; at = text.indexOf('&', at + 1)) {
    count += 1;
    if (count >= MAXIMUM_PARAMETERS) return true;
  }
  return false;
}

function strangeness({ raw, headers }: FastifyRequest): StrangeRequest | undefined {
  const { rawHeaders, url = '' } = raw;
  if (url.length > MAXIMUM_URL) return new StrangeRequest(414, 'the URL is too long');
  if (CONTROL_IN_PATH.test(url)) return new StrangeRequest(400, 'the path holds a control character');
  const mark = url.indexOf('?');
  if (mark >= 0 && hasTooManyParameters(url, mark)) return tooMany();
  if (hasDoubledHeader(rawHeaders)) return new StrangeRequest(400, 'a header was sent twice');
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return new StrangeRequest(415, 'encoded bodies are not taken');
  const charset = /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    return new StrangeRequest(415, 'bodies must be UTF-8');
  return undefined;
}

/** Node keeps the first of two; a proxy in front may have read the second. */
function hasDoubledHeader(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!SINGLE_HEADERS.has(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}
