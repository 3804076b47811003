import { Controller, Get, Header, Inject } from '@nestjs/common';
import { RESOURCE_SERVER_OPTIONS } from './options.js';
import type { ResourceServerOptions } from './options.js';

/** Says whose tokens this API accepts (RFC 9728). */
@Controller('.well-known/oauth-protected-resource')
export class MetadataController {
  constructor(@Inject(RESOURCE_SERVER_OPTIONS) private readonly options: ResourceServerOptions) {}

  @Get()
  @Header('cache-control', 'public, max-age=300')
  metadata(): Record<string, unknown> {
    const { audience, issuer } = this.options;
    return {
      resource: audience,
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      jwks_uri: `${issuer}.well-known/jwks.json`,
    };
  }
}
