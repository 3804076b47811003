import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { refusalOf } from './refusal.js';

const STATUS_OF: Readonly<Record<string, number>> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what Node's parser refused, so that there is no request and no hook, in the form of all other refusals. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, error: code, description } = refusalOf(STATUS_OF[error.code ?? ''] ?? 400);
  const body = JSON.stringify({ error: code, error_description: description });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/json',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // Ended, not destroyed: the client is to read why before the connection goes.
  if (socket.writable) socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  else socket.destroy();
}
