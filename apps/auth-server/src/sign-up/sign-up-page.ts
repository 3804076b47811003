import { Injectable } from '@nestjs/common';
import type { Answer } from '../http/answer.js';
import { framedBy } from '../interaction/client-presentation.js';
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
    const { http, interaction } = context;
    const { client, needs } = framedBy(context);
    const wished = this.signUp.wishedIn(context);
    return this.pages.render(
      status,
      wished === undefined ? 'sign-up' : 'sign-up-code',
      {
        client,
        interaction: interaction.interactionId,
        csrf: this.interactions.csrfToken(http, interaction),
        wantsPassword: this.signUp.wantsPassword(context),
        email: wished?.email ?? said.email ?? interaction.parameters.loginHint ?? '',
        name: said.name ?? '',
        problem: said.problem,
      },
      needs,
    );
  }
}
