import { Injectable } from '@nestjs/common';
import { AuditStore, InteractionStore } from '@tandem/persistence';
import type { Interaction } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import type { Authentication } from '../session/browser-sessions.js';
import { Interactions } from './interactions.js';

/** Where every way to sign in ends: the session starts, and the browser returns to /authorize. */
@Injectable()
export class LoginCompletion {
  constructor(
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly sessions: BrowserSessions,
    private readonly audit: AuditStore,
  ) {}

  async complete(
    http: FastifyRequest,
    interaction: Interaction,
    method: string,
    authentication: Authentication,
  ): Promise<Answer> {
    const { headers, session } = await this.sessions.start(http, authentication);
    await this.interactionStore.loggedIn(interaction.interactionId, session.sid);
    await this.audit.write([
      { type: 'login.succeeded', userId: session.userId, clientId: interaction.clientId, detail: { method } },
    ]);
    return withHeaders(this.interactions.resume(interaction), headers);
  }
}
