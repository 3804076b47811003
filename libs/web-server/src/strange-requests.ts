import type { FastifyInstance, FastifyRequest } from 'fastify';

const MAXIMUM_URL = 8_192;
/** Headers of which a second one would be read by some and ignored by others. */
const SINGLE_HEADERS = ['host', 'authorization', 'content-type', 'content-length'];

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

/** Refuses what parsers disagree about: doubled headers, encodings and charsets that would be ignored, endless URLs. */
export function refuseStrangeRequests(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(strangeness(request));
  });
}

function strangeness(request: FastifyRequest): StrangeRequest | undefined {
  const { rawHeaders, url } = request.raw;
  if ((url?.length ?? 0) > MAXIMUM_URL) return new StrangeRequest(414, 'the URL is too long');
  const seen = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (!SINGLE_HEADERS.includes(name)) continue;
    if (seen.has(name)) return new StrangeRequest(400, 'a header was sent twice');
    seen.add(name);
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return new StrangeRequest(415, 'encoded bodies are not taken');
  const charset = /;\s*charset="?([^";\s]+)/i.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
  if (charset !== undefined && charset !== 'utf-8' && charset !== 'utf8')
    return new StrangeRequest(415, 'bodies must be UTF-8');
  return undefined;
}
