import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SessionStore } from '@tandem/persistence';
import type { BrowserSignIn, SignIn } from '@tandem/persistence';
import { acrOf, storedHash } from '@tandem/protocol';
import type { Session } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import type { AnswerHeaders } from '../http/answer.js';
import { randomText } from '../random-text.js';
import { BrowserAccounts, MOST_ACCOUNTS } from './browser-accounts.js';

/** How long a sign-in lasts, seconds; the cookie itself goes with the browser. */
const LIFETIME_SECONDS = 14 * 86_400;

/** How a user was authenticated, as `amr` values (RFC 8176). */
export interface Authentication {
  readonly userId: string;
  readonly amr: readonly string[];
  /** When, in epoch seconds, if not just now: another provider may have known the user already, and a second factor makes the first no younger. */
  readonly authTime?: number;
}

/** A sign-in that began or went on; `headers` tell the browser. */
export interface StartedSession {
  readonly session: Session;
  readonly headers: AnswerHeaders;
}

/** A session that has ended, with the clients that took part in it. */
export interface EndedSession {
  readonly sid: string;
  readonly clientIds: readonly string[];
}

/** A sign-in with the cookie value that leads to it. */
interface Held {
  readonly sid: string;
  readonly value: string;
}

/** The sign-ins of browsers: from cookies to sessions and back. A cookie holds a random value that is never stored. */
@Injectable()
export class BrowserSessions {
  private readonly accounts: BrowserAccounts;

  constructor(
    private readonly store: SessionStore,
    private readonly clock: Clock,
    issuer: Issuer,
  ) {
    this.accounts = new BrowserAccounts(issuer.secure);
  }

  /** The browser's active sign-in, or when that has ended the next live one, with the user's consent to the client. */
  async find(request: FastifyRequest, clientId: string): Promise<SignIn | undefined> {
    const [first, ...others] = this.accounts.values(request);
    if (first === undefined) return undefined;
    const active = await this.store.find(storedHash(first), clientId);
    return active ?? (await this.store.findAll(others.map(storedHash), clientId))[0];
  }

  /** All live sign-ins of the browser, the active one first. */
  async all(request: FastifyRequest, clientId: string): Promise<readonly BrowserSignIn[]> {
    const hashes = this.accounts.values(request).map(storedHash);
    if (hashes.length === 0) return [];
    const only = this.only(request);
    if (only === undefined) return this.store.findAll(hashes, clientId);
    // The usual case, and the cheaper look.
    return signInsOf(only, await this.store.find(only, clientId));
  }

  /** The stored hash of the cookie of a browser that holds one account. */
  only(request: FastifyRequest): Buffer | undefined {
    const [first, ...others] = this.accounts.values(request);
    return first === undefined || others.length > 0 ? undefined : storedHash(first);
  }

  /**
   * A user has signed in: their session in this browser goes on under the same `sid`, or a new one begins beside those of
   * others. Either way the cookie gets a new value, whatever the browser sent before (session fixation).
   */
  async start(request: FastifyRequest, authentication: Authentication): Promise<StartedSession> {
    const held = await this.all(request, '');
    const value = randomText(32);
    const known = held.find(({ user }) => user.userId === authentication.userId);
    const session = await this.renewed(request, authentication, value, known?.session.sid);
    const others = this.heldIn(request, held).filter(({ sid }) => sid !== known?.session.sid);
    for (const { sid } of others.slice(MOST_ACCOUNTS - 1)) await this.store.end(sid);
    return { session, headers: this.cookies([{ sid: session.sid, value }, ...others.slice(0, MOST_ACCOUNTS - 1)]) };
  }

  /** Makes one of the browser's sign-ins the active one. */
  async activate(request: FastifyRequest, sid: string): Promise<AnswerHeaders> {
    const held = this.heldIn(request, await this.all(request, ''));
    return this.cookies([...held.filter((one) => one.sid === sid), ...held.filter((one) => one.sid !== sid)]);
  }

  /** Ends those of the browser's sessions that are named. The others stay, the first of them active. */
  async end(
    request: FastifyRequest,
    sids: readonly string[],
  ): Promise<{ readonly ended: readonly EndedSession[]; readonly others: number; readonly headers: AnswerHeaders }> {
    const held = this.heldIn(request, await this.all(request, ''));
    const ended: EndedSession[] = [];
    for (const { sid } of held.filter((one) => sids.includes(one.sid)))
      ended.push({ sid, clientIds: (await this.store.end(sid)) ?? [] });
    const left = held.filter(({ sid }) => !sids.includes(sid));
    return { ended, others: left.length, headers: this.cookies(left) };
  }

  /** `session_state` of a response (OIDC Session Management §3.2): salted, so that it can't be recomputed elsewhere. */
  sessionState(clientId: string, redirectUri: string, sid: string): string {
    const salt = randomText(8);
    const origin = new URL(redirectUri).origin;
    return `${hash('sha256', `${clientId} ${origin} ${browserState(sid)} ${salt}`, 'base64url')}.${salt}`;
  }

  private async renewed(
    request: FastifyRequest,
    authentication: Authentication,
    value: string,
    known: string | undefined,
  ): Promise<Session> {
    const session: Session = {
      sid: known ?? randomText(16),
      authTime: this.clock.now(),
      acr: acrOf(authentication.amr),
      ...authentication,
    };
    const userAgent = request.headers['user-agent']?.slice(0, 200);
    if (known !== undefined && (await this.store.renew(session, storedHash(value), LIFETIME_SECONDS, userAgent)))
      return session;
    const fresh = known === undefined ? session : { ...session, sid: randomText(16) };
    await this.store.start(fresh, storedHash(value), LIFETIME_SECONDS, userAgent);
    return fresh;
  }

  /** The live sign-ins with their cookie values: what has ended or expired is left out and so vanishes. */
  private heldIn(request: FastifyRequest, live: readonly BrowserSignIn[]): readonly Held[] {
    const values = this.accounts.values(request).map((value) => ({ value, hash: storedHash(value) }));
    return live.flatMap(({ session, cookieHash }) =>
      values.filter((one) => one.hash.equals(cookieHash)).map(({ value }) => ({ sid: session.sid, value })),
    );
  }

  private cookies(held: readonly Held[]): AnswerHeaders {
    return {
      'set-cookie': this.accounts.write(
        held.map(({ value }) => value),
        held.map(({ sid }) => browserState(sid)),
      ),
    };
  }
}

/** The live sign-ins of a browser that holds one account, who has nobody to be told apart from. */
export const signInsOf = (cookieHash: Buffer, signIn: SignIn | undefined): readonly BrowserSignIn[] =>
  signIn === undefined ? [] : [{ ...signIn, cookieHash, takesPart: true }];

/** What the check_session iframe compares: a hash, since the sid itself stands in tokens. */
const browserState = (sid: string): string => hash('sha256', `browser state ${sid}`, 'base64url');
