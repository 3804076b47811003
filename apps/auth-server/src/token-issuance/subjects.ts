import { Injectable } from '@nestjs/common';
import { subjectFor } from '@tandem/protocol';
import type { Client } from '@tandem/protocol';
import { ServerSecrets } from '../signing-keys/server-secrets.js';

/** The `sub` of a user before a client: the one place that decides it, so that every token and answer agrees. */
@Injectable()
export class Subjects {
  constructor(private readonly secrets: ServerSecrets) {}

  of(userId: string, client: Client): string {
    return subjectFor(userId, client, this.secrets.key('pairwise'));
  }
}
