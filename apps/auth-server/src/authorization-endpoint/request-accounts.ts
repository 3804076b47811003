import { Injectable } from '@nestjs/common';
import { emailKey } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { chooseAccount } from '@tandem/protocol';
import type { AuthorizationRequest } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { FoundSignIn } from '../interaction/interactions.js';
import { BrowserSessions } from '../session/browser-sessions.js';
import { Subjects } from '../token-issuance/subjects.js';

/** The sign-in that a request is about; without one, whether the user has to say which it is. */
export interface RequestAccount {
  readonly signIn?: SignIn;
  readonly mustChoose: boolean;
}

/** Finds which of the browser's accounts a request is about. A client never learns that there are others. */
@Injectable()
export class RequestAccounts {
  constructor(
    private readonly sessions: BrowserSessions,
    private readonly subjects: Subjects,
  ) {}

  /** `found`: the browser's sign-ins, if they are known already. */
  async of(
    http: FastifyRequest,
    request: AuthorizationRequest,
    chosen: string | undefined,
    found?: readonly FoundSignIn[],
  ): Promise<RequestAccount> {
    const { client, loginHint } = request;
    const signIns: readonly FoundSignIn[] = found ?? (await this.sessions.all(http, client.clientId));
    const hint = loginHint === undefined ? undefined : emailKey(loginHint);
    const accounts = signIns.map(({ session, user, takesPart }) => ({
      sid: session.sid,
      subject: this.subjects.of(user.userId, client),
      hinted: user.emailKey === hint,
      takesPart,
    }));
    const choice = chooseAccount(request, accounts, chosen);
    if (typeof choice === 'string') return { mustChoose: choice === 'ask' };
    const signIn = signIns.find(({ session }) => session.sid === choice.sid);
    return { mustChoose: false, ...(signIn === undefined ? {} : { signIn }) };
  }
}
