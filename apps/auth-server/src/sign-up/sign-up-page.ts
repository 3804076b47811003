import { Injectable } from '@nestjs/common';
import { words } from '@tandem/protocol';
import type { Answer } from '../http/answer.js';
import { formTargetsOf, presentClient } from '../interaction/client-presentation.js';
import { Interactions } from '../interaction/interactions.js';
import type { LoginContext } from '../interaction/login-methods/login-method.js';
import type { MessageKey } from '../messages/index.js';
import { Pages } from '../pages/pages.js';
import { SignUp } from './sign-up.js';

/** What the page says beside its form, and what was typed before. */
export interface SignUpPageOptions {
  readonly status?: number;
  readonly problem?: MessageKey;
  readonly email?: string;
  readonly name?: string;
}

/** The page that asks who somebody is, and then for the code that was sent. */
@Injectable()
export class SignUpPage {
  constructor(
    private readonly signUp: SignUp,
    private readonly interactions: Interactions,
    private readonly pages: Pages,
  ) {}

  render(context: LoginContext, { status = 200, ...said }: SignUpPageOptions = {}): Answer {
    const { http, interaction, client, language } = context;
    const { redirectUri, loginHint, uiLocales } = interaction.parameters;
    const wished = this.signUp.wishedIn(context);
    const presentation = presentClient(client, redirectUri, [...words(uiLocales), language.tag]);
    return this.pages.render(
      status,
      wished === undefined ? 'sign-up' : 'sign-up-code',
      {
        client: presentation,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
        wantsPassword: this.signUp.wantsPassword(context),
        email: wished?.email ?? said.email ?? loginHint ?? '',
        name: said.name ?? '',
        problem: said.problem,
      },
      {
        language,
        formTargets: formTargetsOf(client, redirectUri),
        ...(presentation.logo === undefined ? {} : { images: [new URL(presentation.logo).origin] }),
      },
    );
  }
}
