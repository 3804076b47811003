import { type DynamicModule, Module } from '@nestjs/common';
import { ClientAuthenticationModule } from '../client-authentication/client-authentication.module.js';
import { InteractionModule } from '../interaction/interaction.module.js';
import { DECLARED } from '../tokens.js';
import { ApplyDeclaredConfiguration } from './apply-declared-configuration.js';
import type { DeclaredConfiguration } from './declared-configuration.js';

/** The operator's file: APIs, clients and users as they shall be. It adds and changes; it never deletes what it doesn't name. */
@Module({})
export class DeclaredConfigurationModule {
  static forRoot(declared: DeclaredConfiguration): DynamicModule {
    return {
      module: DeclaredConfigurationModule,
      global: true,
      imports: [ClientAuthenticationModule, InteractionModule],
      providers: [{ provide: DECLARED, useValue: declared }, ApplyDeclaredConfiguration],
      exports: [ApplyDeclaredConfiguration, DECLARED],
    };
  }
}
