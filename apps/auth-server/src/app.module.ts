import { JwtModule } from '@tandem/jwt';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { PersistenceModule } from '@tandem/persistence';
import { AccountModule } from './account/account.module.js';
import { AuthorizationEndpointModule } from './authorization-endpoint/authorization-endpoint.module.js';
import { Clock } from './clock.js';
import { ClockCheck } from './clock-check.js';
import type { AuthServerConfig } from './config.js';
import type { DeclaredConfiguration } from './declared-configuration/declared-configuration.js';
import { DeclaredConfigurationModule } from './declared-configuration/declared-configuration.module.js';
import { DiscoveryModule } from './discovery/discovery.module.js';
import { EndSessionEndpointModule } from './end-session-endpoint/end-session-endpoint.module.js';
import { Issuer } from './endpoints.js';
import { EventsModule } from './events/events.module.js';
import { GrantManagementEndpointModule } from './grant-management-endpoint/grant-management-endpoint.module.js';
import { IntrospectionEndpointModule } from './introspection-endpoint/introspection-endpoint.module.js';
import { hasMailbox } from './mail/has-mailbox.js';
import { MailboxModule } from './mailbox/mailbox.module.js';
import { PasswordResetModule } from './password-reset/password-reset.module.js';
import { RegistrationEndpointModule } from './registration-endpoint/registration-endpoint.module.js';
import { RevocationEndpointModule } from './revocation-endpoint/revocation-endpoint.module.js';
import { ServerSecrets } from './signing-keys/server-secrets.js';
import { SigningKeys } from './signing-keys/signing-keys.js';
import { SignUpModule } from './sign-up/sign-up.module.js';
import { SupportedModule } from './supported.module.js';
import { ThemeModule } from './theme/theme.module.js';
import { TokenEndpointModule } from './token-endpoint/token-endpoint.module.js';
import { CONFIG } from './tokens.js';
import { UserinfoEndpointModule } from './userinfo-endpoint/userinfo-endpoint.module.js';

/** What every room may ask for: the configuration, the clock, who we are, and our keys. */
@Global()
@Module({})
class FoundationModule {
  static forRoot(config: AuthServerConfig): DynamicModule {
    return {
      module: FoundationModule,
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: Issuer, useValue: new Issuer(config.issuer) },
        Clock,
        ClockCheck,
        ServerSecrets,
        SigningKeys,
      ],
      exports: [CONFIG, Issuer, Clock, ClockCheck, ServerSecrets, SigningKeys],
    };
  }
}

/** The OpenID Provider: one room per endpoint, and the rooms that they share. */
@Module({})
export class AppModule {
  static forRoot(config: AuthServerConfig, declared: DeclaredConfiguration): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PersistenceModule.forRoot({ url: config.database.url, poolSize: config.database.poolSize }),
        FoundationModule.forRoot(config),
        SupportedModule,
        JwtModule,
        DeclaredConfigurationModule.forRoot(declared),
        AccountModule,
        AuthorizationEndpointModule,
        DiscoveryModule,
        EndSessionEndpointModule,
        EventsModule,
        GrantManagementEndpointModule,
        IntrospectionEndpointModule,
        ...(hasMailbox(config) ? [MailboxModule] : []),
        PasswordResetModule,
        RegistrationEndpointModule,
        RevocationEndpointModule,
        SignUpModule,
        ThemeModule,
        TokenEndpointModule,
        UserinfoEndpointModule,
      ],
    };
  }
}
