import { Injectable } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import type { FastifyRequest } from 'fastify';
import { Issuer } from '../endpoints.js';
import { seeOther, withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import type { Language } from '../messages/index.js';
import { Pages, readScript } from '../pages/pages.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import type { EndedSession } from '../session/browser-sessions.js';
import { BackchannelLogout } from './backchannel-logout.js';

const SCRIPT = readScript('signed-out.js');

/** Ends sessions of the browser and answers: back to the application, through the applications' iframes if they want one. */
@Injectable()
export class LogoutAnswers {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly clients: ClientStore,
    private readonly backchannel: BackchannelLogout,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  async endSessions(
    request: FastifyRequest,
    sids: readonly string[],
    next: string | undefined,
    language: Language,
  ): Promise<Answer> {
    const { ended, others, headers } = await this.sessions.end(request, sids);
    this.backchannel.wake();
    const frames = (await Promise.all(ended.map((session) => this.framesFor(session)))).flat();
    if (frames.length === 0 && next !== undefined) return withHeaders(seeOther(next), headers);
    const withScript = next !== undefined ? { scripts: [SCRIPT] } : {};
    const model = { frames, next, others, script: next === undefined ? undefined : SCRIPT };
    const page = this.pages.render(200, 'signed-out', model, {
      language,
      frames: frames.map((frame) => new URL(frame).origin),
      ...withScript,
    });
    return withHeaders(page, headers);
  }

  /** Front-Channel Logout §2: the registered address with iss and sid, nothing more. */
  private async framesFor({ clientIds, sid }: EndedSession): Promise<readonly string[]> {
    const clients = await Promise.all(clientIds.map((clientId) => this.clients.find(clientId)));
    return clients.flatMap((client) => {
      if (client?.frontchannelLogoutUri === undefined) return [];
      const address = new URL(client.frontchannelLogoutUri);
      address.searchParams.set('iss', this.issuer.identifier);
      address.searchParams.set('sid', sid);
      return [address.href];
    });
  }
}
