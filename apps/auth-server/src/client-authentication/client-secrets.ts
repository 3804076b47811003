import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Client, ClientSecret } from '@tandem/protocol';
import { Clock } from '../clock.js';
import { ServerSecrets } from '../signing-keys/server-secrets.js';

/**
 * Client secrets are random and long, so a keyed hash keeps them: a slow password hash would only make the token endpoint
 * easy to overload.
 */
@Injectable()
export class ClientSecrets {
  constructor(
    private readonly secrets: ServerSecrets,
    private readonly clock: Clock,
  ) {}

  hash(secret: string): string {
    return this.secrets.mac('client-secret', secret).toString('base64url');
  }

  /** Whether the secret is one of the client's that are valid now. The work is the same for an unknown client. */
  matches(client: Client | undefined, secret: string): boolean {
    const presented = this.secrets.mac('client-secret', secret);
    const now = this.clock.now();
    const valid: readonly ClientSecret[] =
      client?.secrets.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > now) ?? [];
    let matched = false;
    for (const { hash } of valid.length > 0 ? valid : [{ hash: '' }]) {
      const held = Buffer.from(hash, 'base64url');
      if (timingSafeEqual(held.length === presented.length ? held : Buffer.alloc(presented.length), presented))
        matched = true;
    }
    return matched && valid.length > 0;
  }
}
