import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { pageHeaders } from './page-policy.js';

const WORDS: Readonly<Record<number, readonly [string, string]>> = {
  404: ['not_found', 'there is nothing at this address'],
  405: ['invalid_request', 'this address takes another method'],
  408: ['invalid_request', 'the request took too long'],
  413: ['invalid_request', 'the body is too large'],
  414: ['invalid_request', 'the URL is too long'],
  415: ['invalid_request', 'the media type is not taken here'],
  431: ['invalid_request', 'the headers are too large'],
  500: ['server_error', 'an unexpected error occurred'],
};

/** What went wrong, in our own words: nothing of the request may be in it. */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
}

/** The page that a person gets instead of JSON. */
export type ErrorPage = (
  refusal: Refusal,
  request: FastifyRequest,
) => {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const plainPage: ErrorPage = ({ status, description }) => ({
  headers: pageHeaders(),
  body: `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${status}</title><h1>${status}</h1><p>${description}.</p></html>`,
});

const DECORATOR = 'errorPage';

/** To be called once per application, before its first request. */
export function setErrorPage(fastify: FastifyInstance, page: ErrorPage = plainPage): void {
  fastify.decorate(DECORATOR, page);
}

export function refusalOf(status: number, why?: string): Refusal {
  const [error, description] =
    WORDS[status] ??
    ((status < 500 ? ['invalid_request', 'the request can not be read'] : WORDS[500]) as [string, string]);
  return { status, error, description: why ?? description };
}

/** Browsers name text/html when a person is looking; SDKs name JSON or nothing. */
const isForPerson = ({ headers }: FastifyRequest): boolean => {
  const { accept = '' } = headers;
  return accept.includes('text/html') && !accept.startsWith('application/json');
};

/** How long who still sends what was refused is heard out: a connection that is closed before would take the answer with it. */
const LONGEST_HEARING_MS = 1_000;

/** Closes a connection not before its client has sent everything, in place of at once. */
function hearOut(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LONGEST_HEARING_MS).unref();
    socket.once('end', () => socket.destroy()).once('close', () => clearTimeout(timer));
  };
}

/** Sends a refusal as a page or as small JSON, by what the client accepts. `why` replaces the usual words. */
export function refuse(reply: FastifyReply, status: number, why?: string): void {
  const refusal = refusalOf(status, why);
  if (status === 413) hearOut(reply.request.socket);
  if (isForPerson(reply.request)) {
    const { headers, body } = reply.server.getDecorator<ErrorPage>(DECORATOR)(refusal, reply.request);
    void reply.status(status).headers(headers).send(body);
  } else sendJson(reply, status, { error: refusal.error, error_description: refusal.description });
}

export function sendJson(reply: FastifyReply, status: number, body: object): void {
  void reply
    .status(status)
    .headers({ 'cache-control': 'no-store', 'content-type': 'application/json' })
    .send(JSON.stringify(body));
}
