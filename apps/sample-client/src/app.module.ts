import { type DynamicModule, Module } from '@nestjs/common';
import { CONFIG } from './config.js';
import type { SampleClientConfig } from './config.js';
import { BrowserState } from './flow/browser-state.js';
import { HeldTokens } from './flow/held-tokens.js';
import { OrdersApi } from './flow/orders-api.js';
import { SignIn } from './flow/sign-in.js';
import { FlowController } from './flow.controller.js';
import { Logouts } from './logout/logouts.js';
import { NatsLogouts } from './logout/nats-logouts.js';
import { LogoutController } from './logout/logout.controller.js';
import { SessionWatchController } from './logout/session-watch.controller.js';
import { Provider } from './oidc/provider.js';
import { SignInController } from './sign-in.controller.js';

/**
 * A relying party that signs in by the hybrid flow, checks everything that the specification asks a client to check, and
 * shows each of the ten steps with its real messages. It keeps no account of its own and never sees a password.
 */
@Module({})
export class AppModule {
  static forRoot(config: SampleClientConfig): DynamicModule {
    return {
      module: AppModule,
      controllers: [SignInController, FlowController, LogoutController, SessionWatchController],
      providers: [
        { provide: CONFIG, useValue: config },
        ...[BrowserState, HeldTokens, Logouts, NatsLogouts, OrdersApi, Provider, SignIn],
      ],
    };
  }
}
