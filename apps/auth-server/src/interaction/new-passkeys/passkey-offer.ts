import { Inject, Injectable } from '@nestjs/common';
import { PasskeyStore } from '@tandem/persistence';
import type { Client, Session } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../../clock.js';
import type { DeclaredConfiguration } from '../../declared-configuration/declared-configuration.js';
import { Issuer } from '../../endpoints.js';
import type { AnswerHeaders } from '../../http/answer.js';
import { Cookies } from '../../http/cookies.js';
import { DECLARED } from '../../tokens.js';
import { LoginPage } from '../login-page.js';
import { PasskeyLogin } from '../login-methods/passkey.js';

const COOKIE = 'tandem_passkey_later';
/** How long a browser in which it was declined is left alone; seconds. */
const PAUSE_SECONDS = 90 * 86_400;
/** How long after a sign-in somebody may still be offered one: as for a change on the account page; seconds. */
const FRESH_SECONDS = 600;

/** Whether somebody who has just signed in another way is offered a passkey. */
@Injectable()
export class PasskeyOffer {
  private readonly cookies: Cookies;

  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly login: LoginPage,
    private readonly clock: Clock,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
    issuer: Issuer,
  ) {
    this.cookies = new Cookies({ secure: issuer.secure });
  }

  /** Where it is switched on: soon after a sign-in, to users without a passkey, where it would let them in. */
  async isDue(http: FastifyRequest, client: Client, { userId, authTime }: Session): Promise<boolean> {
    if (!this.declared.passkeys.offerAfterSignIn || this.clock.now() - authTime > FRESH_SECONDS) return false;
    if (this.cookies.read(http, COOKIE) !== undefined) return false;
    const helps = this.login.methodsFor(client).some(({ name }) => name === PasskeyLogin.methodName);
    return helps && (await this.passkeys.ofUser(userId)).length === 0;
  }

  /** Not now: this browser is left alone for a while, whoever uses it. */
  decline(): AnswerHeaders {
    return this.cookies.write(COOKIE, '1', PAUSE_SECONDS);
  }
}
