import { Module } from '@nestjs/common';
import { OutboundModule } from '../outbound/outbound.module.js';
import { Directory } from './directory.js';
import { FederatedSignIn } from './federated-sign-in.js';
import { UpstreamProviders } from './upstream-providers.js';

/**
 * Who users are elsewhere: at other OpenID Providers and in a directory. It asks them and finds or makes the user here;
 * it knows no page, starts no session, and never takes one user for another because of an address.
 */
@Module({
  imports: [OutboundModule],
  providers: [Directory, FederatedSignIn, UpstreamProviders],
  exports: [Directory, FederatedSignIn, UpstreamProviders],
})
export class FederationModule {}
