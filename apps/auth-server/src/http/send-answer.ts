import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.js';

/** The one place that writes HTTP replies. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): void {
  reply.status(status);
  for (const name in headers) reply.header(name, headers[name]);
  void reply.send(body);
}
