import { createRequire } from 'node:module';
import type { Server, Socket } from 'node:net';

/** As far as the test directory uses it: the package brings no types. */
export interface LdapRequest {
  readonly dn: { toString(): string };
  /** Of a bind. */
  readonly credentials: string;
  /** Of a search. */
  readonly filter: { readonly type: string; toString(): string; matches(attributes: object): boolean };
  readonly sizeLimit: number;
  readonly connection: { readonly ldap: { readonly bindDN: { toString(): string } } };
}

export interface LdapResponse {
  /** Those that a search asks for; compared with names in lower case. */
  attributes: string[];
  send(entry: { readonly dn: string; readonly attributes: object }): void;
  end(): void;
}

type Handler = (request: LdapRequest, response: LdapResponse, next: (error?: Error) => void) => void;

export interface LdapServer {
  readonly server: Server;
  bind(dn: string, handler: Handler): void;
  search(dn: string, handler: Handler): void;
  newConnection(socket: Socket): void;
}

export interface LdapJs {
  createServer(options?: { readonly certificate: string; readonly key: string }): LdapServer;
  readonly InvalidCredentialsError: new () => Error;
  readonly InsufficientAccessRightsError: new () => Error;
  readonly SizeLimitExceededError: new () => Error;
}

export const ldapjs = createRequire(import.meta.url)('ldapjs') as LdapJs;
