import { Inject, Injectable } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import type { Client, Interaction } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { Issuer } from '../endpoints.js';
import type { Answer } from '../http/answer.js';
import { Mailer } from '../mail/mailer.js';
import { languageFor } from '../messages/index.js';
import type { MessageKey } from '../messages/index.js';
import { PageRefusal } from '../pages/page-refusal.js';
import { Pages } from '../pages/pages.js';
import { DECLARED } from '../tokens.js';
import { framedBy } from './client-presentation.js';
import { IdentityLinking } from './federated/identity-linking.js';
import { Interactions } from './interactions.js';
import type { LoginContext, LoginMethod, LoginPart } from './login-methods/login-method.js';

/** Injection token of the installed login methods. */
export const INSTALLED_LOGIN_METHODS = Symbol('LoginMethods');

/** What the page says beside its forms. */
export interface LoginPageOptions {
  readonly status?: number;
  readonly problem?: MessageKey;
  readonly username?: string;
  /** The method that the problem is about. */
  readonly tried?: string;
}

/** The login page: one part for each way to sign in that the operator has switched on and the client admits. */
@Injectable()
export class LoginPage {
  constructor(
    @Inject(INSTALLED_LOGIN_METHODS) private readonly installed: readonly LoginMethod[],
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
    private readonly interactions: Interactions,
    private readonly linking: IdentityLinking,
    private readonly clients: ClientStore,
    private readonly pages: Pages,
    private readonly mailer: Mailer,
    private readonly issuer: Issuer,
  ) {}

  /** @throws OAuthError when the application was removed meanwhile. */
  async contextOf(http: FastifyRequest, interaction: Interaction): Promise<LoginContext> {
    const client = await this.clients.find(interaction.clientId);
    if (client === undefined || client.disabledAt !== undefined)
      throw new PageRefusal('error.client-gone', 'invalid_request', 'the application is not known here any more');
    return { http, interaction, client, language: languageFor(http, interaction.parameters.uiLocales) };
  }

  /** The ways to sign in to a client, in the order of the configuration. */
  methodsFor({ loginMethods }: Client): readonly LoginMethod[] {
    return this.declared.login.methods.flatMap((name) => {
      const method = this.installed.find((candidate) => candidate.name === name);
      return method !== undefined && (loginMethods.length === 0 || loginMethods.includes(name)) ? [method] : [];
    });
  }

  async render(
    context: LoginContext,
    { status = 200, problem, username, tried }: LoginPageOptions = {},
  ): Promise<Answer> {
    const { http, interaction } = context;
    const { loginHint } = interaction.parameters;
    const parts = await this.partsOf(context);
    const link = this.linking.pendingOf(interaction);
    const frame = framedBy(context);
    return this.pages.render(
      status,
      'login',
      {
        client: frame.client,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
        parts,
        alone: link !== undefined || parts.some(({ alone }) => alone),
        link: link?.displayName,
        username: username ?? loginHint ?? '',
        problem,
        tried,
        links: this.linksOf(context),
      },
      {
        ...frame.needs,
        scripts: parts.flatMap(({ script }) => (script === undefined ? [] : [script])),
      },
    );
  }

  /** Ways on for people who can't sign in. */
  private linksOf({ client, interaction }: LoginContext): { readonly reset?: string; readonly signUp?: string } {
    const query = `?interaction=${interaction.interactionId}`;
    const byPassword = this.methodsFor(client).some(({ name }) => name === 'password');
    return {
      ...(byPassword && this.mailer.reachesPeople ? { reset: `${this.issuer.url('passwordReset')}${query}` } : {}),
      ...(this.declared.login.signUp ? { signUp: `${this.issuer.url('signUp')}${query}` } : {}),
    };
  }

  private async partsOf(context: LoginContext): Promise<readonly (LoginPart & { readonly method: string })[]> {
    const methods = this.methodsFor(context.client);
    const parts = await Promise.all(
      methods.map(async (method) => {
        const part: LoginPart | undefined = method.part === undefined ? { view: 'button' } : await method.part(context);
        return part === undefined ? [] : [{ ...part, method: method.name }];
      }),
    );
    const shown = parts.flat();
    const alone = shown.filter((part) => part.alone === true);
    return alone.length > 0 ? alone.slice(0, 1) : shown;
  }
}
