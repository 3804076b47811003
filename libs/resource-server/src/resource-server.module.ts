import { JwtModule } from '@tandem/jwt';
import { type DynamicModule, Module } from '@nestjs/common';
import { AccessTokenGuard } from './access-token.guard.js';
import { AccessTokenValidator } from './access-token-validator.js';
import { AuthServerClient } from './auth-server-client.js';
import { MetadataController } from './metadata.controller.js';
import { RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';
import { RevocationListener } from './revocation-listener.js';

/** Import it once with `forRoot`, then put `@UseGuards(AccessTokenGuard)` on what is to be protected. */
@Module({})
export class ResourceServerModule {
  static forRoot(options: ResourceServerOptions): DynamicModule {
    return {
      module: ResourceServerModule,
      global: true,
      imports: [JwtModule],
      controllers: [MetadataController],
      providers: [
        { provide: RESOURCE_SERVER_OPTIONS, useValue: options },
        AccessTokenGuard,
        AccessTokenValidator,
        AuthServerClient,
        RevocationListener,
      ],
      exports: [AccessTokenGuard, AccessTokenValidator, RevocationListener, RESOURCE_SERVER_OPTIONS],
    };
  }
}
