import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SessionStore } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import { acrOf, storedHash } from '@tandem/protocol';
import type { Session } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import type { AnswerHeaders } from '../http/answer.js';
import { Cookies } from '../http/cookies.js';
import { randomText } from '../random-text.js';

const COOKIE = 'tandem_session';
/** Readable by the check_session iframe's script; says nothing but whether the session is the same. */
const STATE_COOKIE = 'tandem_session_state';
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** How long a sign-in lasts, seconds; the cookie itself goes with the browser. */
const LIFETIME_SECONDS = 14 * 86_400;

/** How a user was authenticated, as `amr` values (RFC 8176). */
export interface Authentication {
  readonly userId: string;
  readonly amr: readonly string[];
  /** When, in epoch seconds, if not just now: another provider may have known the user already, and a second factor makes the first no younger. */
  readonly authTime?: number;
}

/** The sign-ins of browsers: from cookie to session and back. The cookie holds a random value that is never stored. */
@Injectable()
export class BrowserSessions {
  private readonly cookies: Cookies;

  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    private readonly issuer: Issuer,
  ) {
    this.cookies = new Cookies({ secure: issuer.secure });
  }

  /** The live sign-in of the browser, with the user's consent to the client. */
  async find(request: FastifyRequest, clientId: string): Promise<SignIn | undefined> {
    const value = this.cookies.read(request, COOKIE);
    return value !== undefined && VALUE.test(value) ? this.store.find(storedHash(value), clientId) : undefined;
  }

  /** Starts a session under a new id, whatever the browser sent before (session fixation). */
  async start(
    request: FastifyRequest,
    authentication: Authentication,
  ): Promise<{ readonly session: Session; readonly headers: AnswerHeaders }> {
    const previous = await this.find(request, '');
    if (previous !== undefined && previous.user.userId !== authentication.userId)
      await this.store.end(previous.session.sid);
    const value = randomText(32);
    const session: Session = {
      sid: randomText(16),
      authTime: this.clock.now(),
      acr: acrOf(authentication.amr),
      ...authentication,
    };
    const userAgent = request.headers['user-agent']?.slice(0, 200);
    await this.store.start(session, storedHash(value), LIFETIME_SECONDS, userAgent);
    const cookies = [this.cookies.write(COOKIE, value), this.stateCookie(session.sid)].map(
      (headers) => headers['set-cookie'] as string,
    );
    return { session, headers: { 'set-cookie': cookies } };
  }

  /** Ends the browser's session. Returns the clients that took part in it. */
  async end(
    request: FastifyRequest,
  ): Promise<{ readonly signIn?: SignIn; readonly clientIds: readonly string[]; readonly headers: AnswerHeaders }> {
    const signIn = await this.find(request, '');
    const clientIds = signIn === undefined ? [] : ((await this.store.end(signIn.session.sid)) ?? []);
    const cookies = [this.cookies.clear(COOKIE), this.stateCookie('')].map(
      (headers) => headers['set-cookie'] as string,
    );
    return { clientIds, headers: { 'set-cookie': cookies }, ...(signIn === undefined ? {} : { signIn }) };
  }

  /** `session_state` of a response (OIDC Session Management §3.2): salted, so that it can't be recomputed elsewhere. */
  sessionState(clientId: string, redirectUri: string, sid: string): string {
    const salt = randomText(8);
    const origin = new URL(redirectUri).origin;
    return `${hash('sha256', `${clientId} ${origin} ${browserState(sid)} ${salt}`, 'base64url')}.${salt}`;
  }

  private stateCookie(sid: string): AnswerHeaders {
    const value = sid === '' ? '' : browserState(sid);
    // In an iframe of another site's page, so it must be SameSite=None where the browser takes that: over https.
    const attributes = this.issuer.secure ? '; SameSite=None; Secure' : '; SameSite=Lax';
    return { 'set-cookie': `${STATE_COOKIE}=${value}; Path=/${value === '' ? '; Max-Age=0' : ''}${attributes}` };
  }
}

/** What the check_session iframe compares: a hash, since the sid itself stands in tokens. */
const browserState = (sid: string): string => hash('sha256', `browser state ${sid}`, 'base64url');
