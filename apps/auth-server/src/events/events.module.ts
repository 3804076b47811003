import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ChangeListener } from './change-listener.js';
import { EventReplay } from './event-replay.js';
import { EventRelay } from './event-relay.js';
import { EventSigning } from './event-signing.js';
import { EventVerification } from './event-verification.js';
import { Housekeeping } from './housekeeping.js';
import { RelayLink } from './relay-link.js';

/**
 * Carries what happened from the outbox to the world, signed, and takes up what other replicas changed. It never decides
 * that something happens: the change and its outbox row were committed together elsewhere. For operators it reads the
 * streams back and compares what they tell with what there is.
 */
@Module({
  imports: [JwtModule],
  providers: [ChangeListener, EventRelay, EventReplay, EventSigning, EventVerification, Housekeeping, RelayLink],
  exports: [RelayLink],
})
export class EventsModule {}
