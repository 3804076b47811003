import {
  EVENT_AUDIENCE,
  EVENT_CLASSES,
  EVENT_SUBJECT_PREFIX,
  GRANT_EVENT_CLASSES,
  GRANT_RECORD_AUDIENCE,
  GRANT_SUBJECT,
} from '@tandem/contracts';
import type { AnyDomainEvent, GrantEvent } from '@tandem/contracts';
import { InvalidTokenError, TokenVerifier } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { SigningKeyStore } from '@tandem/persistence';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';

/** Reads what a stream holds back into events. */
export type EventProof = (subject: string, text: string) => readonly (AnyDomainEvent | GrantEvent)[];

const SKEW_SECONDS = 60;

function shaped<T extends { readonly type: string }>(
  classes: Readonly<Record<string, new () => T>>,
  value: unknown,
): T {
  const type = typeof value === 'object' && value !== null ? (value as { readonly type?: unknown }).type : undefined;
  const shape = typeof type === 'string' && Object.hasOwn(classes, type) ? classes[type] : undefined;
  if (shape === undefined) throw new InvalidTokenError('bad_claims', 'event');
  const event = plainToInstance(shape, value);
  if (validateSync(event).length > 0) throw new InvalidTokenError('bad_claims', 'event');
  return event;
}

/** Proves what a stream holds: that we signed it, under a key that is or was ours, for this stream, and its shape. */
@Injectable()
export class EventVerification {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly keys: SigningKeyStore,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  /** With the keys of now. What it returns throws InvalidTokenError. */
  async proof(): Promise<EventProof> {
    const keys = (await this.keys.all()).map(({ publicJwk }) => publicJwk);
    return (subject, text) => {
      const isPack = subject === GRANT_SUBJECT;
      const { claims } = this.verifier.verify('event', text, {
        ...{ keys, algorithms: ['ES256'], issuer: this.issuer.identifier },
        audience: isPack ? GRANT_RECORD_AUDIENCE : EVENT_AUDIENCE,
        now: this.clock.now(),
        clockToleranceSeconds: SKEW_SECONDS,
      });
      const { event, events } = claims;
      if (isPack) return Array.isArray(events) ? events.map((one) => shaped<GrantEvent>(GRANT_EVENT_CLASSES, one)) : [];
      const read = shaped<AnyDomainEvent>(EVENT_CLASSES, event);
      if (subject !== `${EVENT_SUBJECT_PREFIX}${read.type}` || read.id !== claims.jti)
        throw new InvalidTokenError('bad_claims', 'event');
      return [read];
    };
  }
}
