import type { FastifyReply, FastifyRequest } from 'fastify';

const SESSION = 'sample_session';
const TRANSACTION = 'sample_tx_';

function read(request: FastifyRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const cookie = part.trimStart();
    if (cookie.startsWith(`${name}=`)) return cookie.slice(name.length + 1);
  }
  return undefined;
}

function append(reply: FastifyReply, cookie: string): void {
  const known = reply.getHeader('set-cookie');
  reply.header('set-cookie', [...(known === undefined ? [] : [known].flat()), cookie] as string[]);
}

export const readSession = (request: FastifyRequest): string | undefined => read(request, SESSION);

/** `secure`: whether our own address is https. */
export function writeSession(reply: FastifyReply, id: string, secure: boolean): void {
  append(reply, `${SESSION}=${id}; Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`);
}

export const clearSession = (reply: FastifyReply): void =>
  append(reply, `${SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax`);

/**
 * The transaction's cookie must come along when the provider's page posts to us, which is another site: only
 * `SameSite=None; Secure` cookies do. Browsers take them from http on localhost.
 */
export function writeTransaction(reply: FastifyReply, state: string, id: string): void {
  append(reply, `${TRANSACTION}${state}=${id}; Path=/callback; Max-Age=300; HttpOnly; SameSite=None; Secure`);
}

export function takeTransaction(request: FastifyRequest, reply: FastifyReply, state: string): string | undefined {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(state)) return undefined;
  const id = read(request, `${TRANSACTION}${state}`);
  if (id !== undefined)
    append(reply, `${TRANSACTION}${state}=; Path=/callback; Max-Age=0; HttpOnly; SameSite=None; Secure`);
  return id;
}
