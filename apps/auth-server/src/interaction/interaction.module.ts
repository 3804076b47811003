import { Module } from '@nestjs/common';
import { PagesModule } from '../pages/pages.module.js';
import { MailModule } from '../mail/mail.module.js';
import { SessionModule } from '../session/session.module.js';
import { ConsentController } from './consent.controller.js';
import { CsrfTokens } from './csrf-tokens.js';
import { Interactions } from './interactions.js';
import { LoginCompletion } from './login-completion.js';
import { INSTALLED_LOGIN_METHODS, LoginPage } from './login-page.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginController } from './login.controller.js';
import { LOGIN_METHODS } from './login-methods/index.js';
import type { LoginMethod } from './login-methods/login-method.js';
import { PasswordHashing } from './login-methods/password-hashing.js';
import { Proofs } from './proofs.js';
import { SelectAccountController } from './select-account.controller.js';

/**
 * The pages on which a user signs in and answers. Each step ends by returning to /authorize; no page knows the next one.
 * It never issues a code or token and never redirects to a client.
 */
@Module({
  imports: [MailModule, PagesModule, SessionModule],
  controllers: [LoginController, ConsentController, SelectAccountController],
  providers: [
    ...LOGIN_METHODS,
    {
      provide: INSTALLED_LOGIN_METHODS,
      useFactory: (...methods: LoginMethod[]) => methods,
      inject: [...LOGIN_METHODS],
    },
    CsrfTokens,
    Interactions,
    LoginCompletion,
    LoginPage,
    LoginThrottle,
    PasswordHashing,
    Proofs,
  ],
  exports: [CsrfTokens, Interactions, LoginCompletion, LoginPage, LoginThrottle, PasswordHashing, Proofs],
})
export class InteractionModule {}
