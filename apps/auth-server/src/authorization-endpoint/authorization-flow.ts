import { Inject, Injectable } from '@nestjs/common';
import { ClientStore, InteractionStore, StorageUnavailable } from '@tandem/persistence';
import type { SignIn } from '@tandem/persistence';
import {
  consentedScope,
  decideInteraction,
  isSignUpWished,
  OAuthError,
  reachesAcr,
  readAuthorizationParameters,
  resolveReturnAddress,
} from '@tandem/protocol';
import type {
  AuthorizationParameters,
  AuthorizationRequest,
  Client,
  FormParameters,
  Interaction,
} from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../clock.js';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import type { Answer } from '../http/answer.js';
import { single } from '../http/form-parameters.js';
import { reachableAcr } from '../interaction/reachable-acr.js';
import { SecondFactors } from '../interaction/second-factors/second-factors.js';
import { expired, Interactions } from '../interaction/interactions.js';
import type { FoundSignIn, NextPage } from '../interaction/interactions.js';
import { languageFor } from '../messages/index.js';
import { Pages } from '../pages/pages.js';
import { Subjects } from '../token-issuance/subjects.js';
import { DECLARED } from '../tokens.js';
import { AuthorizationResponse } from './authorization-response.js';
import { GrantedResponse } from './granted-response.js';
import { RequestAccounts } from './request-accounts.js';
import { RequestChecks } from './request-checks.js';
import { RequestObjects } from './request-objects.js';

/** A request whose client is known, before anything of it is proven. */
interface Pending {
  readonly parameters: AuthorizationParameters;
  readonly client: Client;
  readonly interaction?: Interaction;
  /** The browser's sign-ins, where they were found together with the interaction. */
  readonly signIns?: readonly FoundSignIn[];
}

/** What is next: a page of ours, or an answer for the client about this sign-in. */
type NextStep = { readonly page: Answer } | { readonly signIn: SignIn };

/** Where the user does what is next. */
const PAGES = {
  'select-account': 'selectAccount',
  login: 'login',
  'second-factor': 'secondFactor',
  consent: 'consent',
} as const;

/** Pages that ask the account that was found, whatever becomes the browser's active one meanwhile. */
const OF_THE_ACCOUNT: readonly string[] = ['second-factor', 'consent'];

/** The one dispatcher of the authorization endpoint: check → decide → ask the user, or respond. */
@Injectable()
export class AuthorizationFlow {
  constructor(
    private readonly clients: ClientStore,
    private readonly interactions: Interactions,
    private readonly interactionStore: InteractionStore,
    private readonly requestObjects: RequestObjects,
    private readonly checks: RequestChecks,
    private readonly accounts: RequestAccounts,
    private readonly subjects: Subjects,
    private readonly response: AuthorizationResponse,
    private readonly granted: GrantedResponse,
    private readonly pages: Pages,
    private readonly clock: Clock,
    private readonly secondFactors: SecondFactors,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {
    interactions.goOnBy(this.goOn);
  }

  /** Begins a request, or takes one up again after the user has acted. Errors before there is an address are a page. */
  async begin(http: FastifyRequest, form: FormParameters): Promise<Answer> {
    try {
      const pending = await this.read(http, form);
      const merged = await this.mergeRequestObject(http, pending);
      return 'answer' in merged ? merged.answer : await this.answer(http, merged.pending);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const language = languageFor(http, form.get('ui_locales')?.[0]);
      return this.pages.error(error, { language, title: 'error.sign-in-title', status: 400 });
    }
  }

  /**
   * Whatever is for the client, an error too, waits until the browser has returned by a redirect (RFC 9700 §4.12). So does
   * what can't be done now: the step itself was done.
   */
  private readonly goOn: NextPage = async (http, { interaction, ...found }) => {
    const pending = { ...found, interaction, parameters: interaction.parameters };
    try {
      const { parameters, client } = pending;
      const request = await this.checks.check(parameters, client, resolveReturnAddress(parameters, client));
      const next = await this.next(http, pending, request);
      if ('page' in next) return next.page;
    } catch (error) {
      if (!(error instanceof OAuthError || error instanceof StorageUnavailable)) throw error;
    }
    return this.interactions.resume(interaction);
  };

  private async read(http: FastifyRequest, form: FormParameters): Promise<Pending> {
    const resumed = single(form, 'interaction');
    const waiting = resumed === undefined ? undefined : await this.interactions.findWithSignIns(http, resumed);
    if (resumed !== undefined && waiting === undefined) throw expired();
    const parameters = waiting?.interaction.parameters ?? readAuthorizationParameters(form);
    if (parameters.clientId === undefined) throw new OAuthError('invalid_request', 'client_id is missing');
    const client = parameters.clientId.length > 2_000 ? undefined : await this.clients.find(parameters.clientId);
    if (client === undefined || client.disabledAt !== undefined)
      throw new OAuthError('invalid_request', 'client_id is not known here');
    return { parameters, client, ...waiting };
  }

  /** A bad request object is answered at the address outside of it, if that one is good (OIDC Core §6.3.1, §3.1.2.6). */
  private async mergeRequestObject(
    http: FastifyRequest,
    pending: Pending,
  ): Promise<{ readonly pending: Pending } | { readonly answer: Answer }> {
    try {
      const parameters = await this.requestObjects.merge(pending.parameters, pending.client);
      return { pending: { ...pending, parameters } };
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const returnAddress = resolveReturnAddress(pending.parameters, pending.client);
      return { answer: this.response.error(returnAddress, error, languageFor(http, pending.parameters.uiLocales)) };
    }
  }

  private async answer(http: FastifyRequest, pending: Pending): Promise<Answer> {
    const returnAddress = resolveReturnAddress(pending.parameters, pending.client);
    try {
      const request = await this.checks.check(pending.parameters, pending.client, returnAddress);
      const next = await this.next(http, pending, request);
      if ('page' in next) return next.page;
      const language = languageFor(http, pending.parameters.uiLocales);
      return await this.granted.answer(request, next.signIn, language, pending.interaction?.interactionId);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      if (pending.interaction !== undefined) await this.interactionStore.end(pending.interaction.interactionId);
      return this.response.error(returnAddress, error, languageFor(http, pending.parameters.uiLocales));
    }
  }

  private async next(http: FastifyRequest, pending: Pending, request: AuthorizationRequest): Promise<NextStep> {
    const { interaction, client } = pending;
    const { signIn, mustChoose } = await this.accounts.of(http, request, interaction?.chosenSid, pending.signIns);
    const { acrRequired } = this.secondFactors;
    const decision = decideInteraction({
      request,
      ...(signIn === undefined
        ? {}
        : { session: signIn.session, subject: this.subjects.of(signIn.user.userId, client) }),
      mustChoose,
      consentedScope: signIn === undefined ? [] : consentedScope(request.scope, request.apis, signIn.consented),
      acted: actedOf(interaction, signIn),
      acrSupported: reachableAcr(this.declared.login, client),
      ...(acrRequired === undefined ? {} : { acrRequired }),
      hasSecondFactor: signIn !== undefined && (await this.hasSecondFactor(request, signIn)),
      now: this.clock.now(),
    });
    if (decision.next === 'login' && this.declared.login.signUp && isSignUpWished(pending.parameters))
      return { page: await this.interactions.send(http, 'signUp', pending) };
    if (decision.next === 'proceed') return { signIn: signIn as SignIn };
    const sid = OF_THE_ACCOUNT.includes(decision.next) ? signIn?.session.sid : undefined;
    return { page: await this.interactions.send(http, PAGES[decision.next], pending, sid) };
  }

  /** Looked up only where it can make a difference: most requests want nothing that the session has not reached. */
  private async hasSecondFactor({ acr }: AuthorizationRequest, { session }: SignIn): Promise<boolean> {
    const { acrRequired } = this.secondFactors;
    const wanted = [...acr.demanded.flat(), ...acr.wished, ...(acrRequired === undefined ? [] : [acrRequired])];
    if (wanted.every((value) => reachesAcr(session.acr, value))) return false;
    return (await this.secondFactors.enrolled(session.userId)).length > 0;
  }
}

/** A sign-in and an answer count for the session that they happened in, and for no other. */
function actedOf(
  interaction: Interaction | undefined,
  signIn: SignIn | undefined,
): { readonly loggedInAt?: number; readonly consent?: 'accepted' | 'denied' } {
  if (interaction === undefined) return {};
  const { loggedInAt, chosenSid, consent, consentedSid } = interaction;
  const sid = signIn?.session.sid;
  return {
    ...(loggedInAt !== undefined && chosenSid === sid ? { loggedInAt } : {}),
    ...(consent !== undefined && consentedSid === sid ? { consent } : {}),
  };
}
