import { randomText } from '../random-text.js';
import { Injectable } from '@nestjs/common';
import { InteractionStore } from '@tandem/persistence';
import type { BrowserSignIn } from '@tandem/persistence';
import { storedHash } from '@tandem/protocol';
import type { AuthorizationParameters, Client, FormParameters, Interaction } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Issuer } from '../endpoints.js';
import { seeOther, withHeaders } from '../http/answer.js';
import type { Answer, AnswerHeaders } from '../http/answer.js';
import { Cookies } from '../http/cookies.js';
import { required } from '../http/form-parameters.js';
import { PageRefusal } from '../pages/page-refusal.js';
import { BrowserSessions, signInsOf } from '../session/browser-sessions.js';
import { CsrfTokens } from './csrf-tokens.js';

const COOKIE = 'tandem_browser';
const VALUE = /^[A-Za-z0-9_-]{43}$/;
const ID = /^[A-Za-z0-9_-]{22}$/;
const LIFETIME_SECONDS = 3_600;
const LONGEST_CONNECTION = 100;
/** A form that was posted for a request of another browser is refused like any foreign form. */
const FORBIDDEN = { status: 403 };

/** A page on which the user acts; each is an endpoint. */
export type InteractionPage = 'selectAccount' | 'login' | 'secondFactor' | 'passkeyOffer' | 'signUp' | 'consent';

/** What waits: a new request, or one that was taken up again. */
export interface Waiting {
  readonly parameters: AuthorizationParameters;
  readonly client: Client;
  readonly interaction?: Interaction;
}

/** A sign-in of the browser that a request waits in. */
export type FoundSignIn = Omit<BrowserSignIn, 'cookieHash'>;

/** A request that waits, with the sign-ins of the browser that it waits in. */
export interface WithSignIns {
  readonly interaction: Interaction;
  readonly signIns: readonly FoundSignIn[];
}

/** Redirects to the page of ours that is next for a request as it stands now; without one, to the authorization endpoint. */
export type NextPage = (http: FastifyRequest, waiting: WithSignIns & { readonly client: Client }) => Promise<Answer>;

/** Requests that wait for their user, bound to the browser by a cookie of their own that exists before any sign-in. */
@Injectable()
export class Interactions {
  private readonly cookies: Cookies;
  private nextPage: NextPage | undefined;

  constructor(
    private readonly store: InteractionStore,
    private readonly csrf: CsrfTokens,
    private readonly sessions: BrowserSessions,
    private readonly issuer: Issuer,
  ) {
    this.cookies = new Cookies({ secure: issuer.secure });
  }

  /** The interaction, if this browser began it and it has not expired. */
  async find(http: FastifyRequest, interactionId: string): Promise<Interaction | undefined> {
    const browser = this.browserOf(http);
    return browser === undefined || !ID.test(interactionId)
      ? undefined
      : this.store.find(interactionId, storedHash(browser));
  }

  /** As `find`, with the live sign-ins of the browser, the active one first. */
  async findWithSignIns(http: FastifyRequest, interactionId: string): Promise<WithSignIns | undefined> {
    const browser = this.browserOf(http);
    const only = this.sessions.only(http);
    if (browser !== undefined && only !== undefined && ID.test(interactionId)) {
      const found = await this.store.findWithSignIn(interactionId, storedHash(browser), only);
      return found === undefined
        ? undefined
        : { interaction: found.interaction, signIns: signInsOf(only, found.signIn) };
    }
    const interaction = await this.find(http, interactionId);
    return interaction === undefined
      ? undefined
      : { interaction, signIns: await this.sessions.all(http, interaction.clientId) };
  }

  /** As `findWithSignIns`, for a page that can't go on without it. */
  async requireWithSignIns(http: FastifyRequest, form: FormParameters): Promise<WithSignIns> {
    const found = await this.findWithSignIns(http, required(form, 'interaction'));
    if (found === undefined) throw expired();
    return found;
  }

  /** As `requireWithSignIns`, for a form that was posted: see `requirePosted`. */
  async requirePostedWithSignIns(http: FastifyRequest, form: FormParameters): Promise<WithSignIns> {
    const found = await this.findWithSignIns(http, required(form, 'interaction'));
    if (found === undefined) throw expired(FORBIDDEN);
    this.checkPosted(http, form, found.interaction);
    return found;
  }

  /** As `find`, for a page that can't go on without it. */
  async require(http: FastifyRequest, form: FormParameters): Promise<Interaction> {
    const interaction = await this.find(http, required(form, 'interaction'));
    if (interaction === undefined) throw expired();
    return interaction;
  }

  /** As `require`, for a form that was posted: the token proves that our page in this browser sent it. */
  async requirePosted(http: FastifyRequest, form: FormParameters): Promise<Interaction> {
    const interaction = await this.find(http, required(form, 'interaction'));
    if (interaction === undefined) throw expired(FORBIDDEN);
    this.checkPosted(http, form, interaction);
    return interaction;
  }

  private checkPosted(http: FastifyRequest, form: FormParameters, { interactionId }: Interaction): void {
    this.csrf.check(http, form, this.browserOf(http) as string, interactionId);
  }

  csrfToken(http: FastifyRequest, { interactionId }: Interaction): string {
    return this.csrf.issue(this.browserOf(http) ?? '', interactionId);
  }

  /** Sends the browser to a page of the interaction, keeping the request first when it is new. `sid`: whom it is about. */
  async send(
    http: FastifyRequest,
    page: InteractionPage,
    { parameters, client, interaction }: Waiting,
    sid?: string,
  ): Promise<Answer> {
    if (interaction !== undefined) {
      if (sid !== undefined && sid !== interaction.chosenSid) await this.store.chosen(interaction.interactionId, sid);
      return this.pageOf(page, interaction);
    }
    const { interactionId, headers } = await this.open(http, { parameters, client }, sid);
    const { connection } = parameters;
    // Auth0's contract: a request that names a connection goes straight there, once.
    const straight = page === 'login' && connection !== undefined && connection.length <= LONGEST_CONNECTION;
    const target = straight ? this.connectionUrl(interactionId, connection) : this.pageUrl(page, interactionId);
    return withHeaders(seeOther(target), headers);
  }

  /** Keeps a new request; `headers` make a browser known that was not. */
  async open(
    http: FastifyRequest,
    { parameters, client }: Omit<Waiting, 'interaction'>,
    sid?: string,
  ): Promise<{ readonly interactionId: string; readonly isNewBrowser: boolean; readonly headers: AnswerHeaders }> {
    const known = this.browserOf(http);
    const browser = known ?? randomText(32);
    const interactionId = randomText(16);
    await this.store.keep(
      { interactionId, clientId: client.clientId, parameters, ...(sid === undefined ? {} : { chosenSid: sid }) },
      storedHash(browser),
      LIFETIME_SECONDS,
    );
    const isNewBrowser = known === undefined;
    return { interactionId, isNewBrowser, headers: isNewBrowser ? this.cookies.write(COOKIE, browser) : {} };
  }

  /** Where a sign-in at another provider begins. */
  connectionUrl(interactionId: string, connection: string): string {
    const query = new URLSearchParams({ interaction: interactionId, connection });
    return `${this.issuer.url('loginConnection')}?${query.toString()}`;
  }

  /** The authorization endpoint, which stands above the pages, says which is next. */
  goOnBy(nextPage: NextPage): void {
    this.nextPage = nextPage;
  }

  /** As `resume`, for a step that knows all there is to know: another page of ours is gone to without the way round. */
  goOn(...step: Parameters<NextPage>): Promise<Answer> {
    if (this.nextPage === undefined) throw new Error('nothing says which page is next');
    return this.nextPage(...step);
  }

  /** Every step ends here: the authorization endpoint decides what is next. */
  resume(interaction: Interaction): Answer {
    return seeOther(this.resumeUrl(interaction));
  }

  /** As `resume`, for a page that has something to say first. */
  resumeUrl({ interactionId }: Interaction): string {
    return `${this.issuer.url('authorization')}?interaction=${interactionId}`;
  }

  /** A page of the interaction, asked for anew: what is shown follows from what is stored. */
  pageOf(page: InteractionPage, { interactionId }: Pick<Interaction, 'interactionId'>): Answer {
    return seeOther(this.pageUrl(page, interactionId));
  }

  private pageUrl(page: InteractionPage, interactionId: string): string {
    return `${this.issuer.url(page)}?interaction=${interactionId}`;
  }

  private browserOf(http: FastifyRequest): string | undefined {
    const value = this.cookies.read(http, COOKIE);
    return value !== undefined && VALUE.test(value) ? value : undefined;
  }
}

/** The request does not wait any more, or never did in this browser. */
export const expired = (options: { readonly status?: number } = {}): PageRefusal =>
  new PageRefusal(
    'error.expired',
    'invalid_request',
    'this sign-in has expired: go back to the application and start again',
    options,
  );
