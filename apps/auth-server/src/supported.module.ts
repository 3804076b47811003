import { Global, Module } from '@nestjs/common';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from './client-authentication/methods/index.js';
import { supportedBy } from './supported.js';
import { GRANT_TYPE_NAMES } from './token-endpoint/grant-types/index.js';
import { SUPPORTED } from './tokens.js';

/** Gives every room the one description of what is installed. */
@Global()
@Module({
  providers: [
    {
      provide: SUPPORTED,
      useValue: supportedBy({
        authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
        grantTypes: GRANT_TYPE_NAMES,
      }),
    },
  ],
  exports: [SUPPORTED],
})
export class SupportedModule {}
