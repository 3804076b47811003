import { Module } from '@nestjs/common';
import { PagesModule } from '../pages/pages.module.js';
import { FederationModule } from '../federation/federation.module.js';
import { MailModule } from '../mail/mail.module.js';
import { PasskeysModule } from '../passkeys/passkeys.module.js';
import { SessionModule } from '../session/session.module.js';
import { ConnectingIdentities } from './federated/connecting-identities.js';
import { ConsentController } from './consent.controller.js';
import { CsrfTokens } from './csrf-tokens.js';
import { FederatedLogin } from './federated/federated-login.js';
import { IdentityLinking } from './federated/identity-linking.js';
import { Interactions } from './interactions.js';
import { LoginCompletion } from './login-completion.js';
import { INSTALLED_LOGIN_METHODS, LoginPage } from './login-page.js';
import { LoginThrottle } from './login-throttle.js';
import { LoginController } from './login.controller.js';
import { LOGIN_METHODS } from './login-methods/index.js';
import type { LoginMethod } from './login-methods/login-method.js';
import { MailedLinks } from './mailed-links.js';
import { PasskeyCreation } from './new-passkeys/passkey-creation.js';
import { PasskeyOffer } from './new-passkeys/passkey-offer.js';
import { PasskeyOfferController } from './new-passkeys/passkey-offer.controller.js';
import { PasswordHashing } from './login-methods/password-hashing.js';
import { Proofs } from './proofs.js';
import { UpstreamSignIn } from './federated/upstream-sign-in.js';
import { UpstreamController } from './federated/upstream.controller.js';
import { SecondFactorEnrolment } from './second-factors/enrolment.js';
import { SECOND_FACTORS } from './second-factors/index.js';
import { RecoveryCodes } from './second-factors/recovery-codes.js';
import { SecondFactorPage } from './second-factors/second-factor-page.js';
import { SecondFactorController } from './second-factors/second-factor.controller.js';
import type { SecondFactor } from './second-factors/second-factor.js';
import { INSTALLED_SECOND_FACTORS, SecondFactors } from './second-factors/second-factors.js';
import { TotpCodes } from './second-factors/totp-codes.js';
import { SelectAccountController } from './select-account.controller.js';

/**
 * The pages on which a user signs in and answers. Each step ends by returning to /authorize; no page knows the next one.
 * It never issues a code or token and never redirects to a client.
 */
@Module({
  imports: [FederationModule, MailModule, PagesModule, PasskeysModule, SessionModule],
  controllers: [
    LoginController,
    SecondFactorController,
    PasskeyOfferController,
    UpstreamController,
    ConsentController,
    SelectAccountController,
  ],
  providers: [
    ...LOGIN_METHODS,
    {
      provide: INSTALLED_LOGIN_METHODS,
      useFactory: (...methods: LoginMethod[]) => methods,
      inject: [...LOGIN_METHODS],
    },
    ...SECOND_FACTORS,
    {
      provide: INSTALLED_SECOND_FACTORS,
      useFactory: (...factors: SecondFactor[]) => factors,
      inject: [...SECOND_FACTORS],
    },
    ConnectingIdentities,
    CsrfTokens,
    Interactions,
    LoginCompletion,
    LoginPage,
    LoginThrottle,
    MailedLinks,
    PasskeyCreation,
    PasskeyOffer,
    PasswordHashing,
    Proofs,
    RecoveryCodes,
    SecondFactorEnrolment,
    SecondFactorPage,
    SecondFactors,
    TotpCodes,
    FederatedLogin,
    IdentityLinking,
    UpstreamSignIn,
  ],
  exports: [
    ConnectingIdentities,
    CsrfTokens,
    FederationModule,
    Interactions,
    LoginCompletion,
    LoginPage,
    LoginThrottle,
    MailedLinks,
    PasskeyCreation,
    PasswordHashing,
    Proofs,
    SecondFactorEnrolment,
    SecondFactors,
  ],
})
export class InteractionModule {}
