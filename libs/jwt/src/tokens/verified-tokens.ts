import { hash } from 'node:crypto';

const LARGEST = 10_000;

/** What a token is remembered by: the SHA-256 of all of it, so that nothing that differs in a bit is taken for it. */
export const tokenDigest = (token: string): string => hash('sha256', token, 'base64url');

/**
 * What tokens were found to say when their signature was checked, by `tokenDigest`; the oldest make room. Whoever keeps
 * one looks at everything that can change on each use (expiry, revocation), and clears it when the keys change.
 */
export class VerifiedTokens<Verified> {
  private readonly held = new Map<string, Verified>();

  find(digest: string): Verified | undefined {
    return this.held.get(digest);
  }

  keep(digest: string, verified: Verified): void {
    if (this.held.size >= LARGEST) this.dropOldest();
    this.held.set(digest, verified);
  }

  drop(digest: string): void {
    this.held.delete(digest);
  }

  clear(): void {
    this.held.clear();
  }

  private dropOldest(): void {
    const oldest = this.held.keys().next();
    if (oldest.done !== true) this.held.delete(oldest.value);
  }
}
