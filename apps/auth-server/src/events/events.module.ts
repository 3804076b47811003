import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { ChangeListener } from './change-listener.js';
import { EventRelay } from './event-relay.js';
import { EventSigning } from './event-signing.js';
import { Housekeeping } from './housekeeping.js';

/**
 * Carries what happened from the outbox to the world, signed, and takes up what other replicas changed. It never decides
 * that something happens: the change and its outbox row were committed together elsewhere.
 */
@Module({ imports: [JwtModule], providers: [ChangeListener, EventRelay, EventSigning, Housekeeping] })
export class EventsModule {}
