import { Module } from '@nestjs/common';
import { OutboundClient } from './outbound-client.js';

/** The one way out of the server, for documents that clients name. It never follows redirects and never reaches inside. */
@Module({ providers: [OutboundClient], exports: [OutboundClient] })
export class OutboundModule {}
