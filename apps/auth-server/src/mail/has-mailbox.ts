import { isLoopbackHost } from '@tandem/protocol';
import type { AuthServerConfig } from '../config.js';

/**
 * Whether mails can be read on a page: on a developer's machine only. It shows what others were sent, so a server that
 * forgot to say that it is in production, but has a public name, must not have it either.
 */
export function hasMailbox({ production, issuer }: Pick<AuthServerConfig, 'production' | 'issuer'>): boolean {
  const { hostname } = new URL(issuer);
  return !production && (isLoopbackHost(hostname) || hostname.endsWith('.localhost'));
}
