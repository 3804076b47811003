import type { AnyDomainEvent, EventType } from '@tandem/contracts';
import { EVENT_AUDIENCE, EVENT_CLASSES } from '@tandem/contracts';
import { InvalidTokenError, isVerificationAlg, readHeader, type TokenVerifier } from '@tandem/jwt';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { AuthServerClient } from './auth-server-client.js';
import { epochSeconds } from './clock.js';
import { DEFAULTS } from './options.js';

const SKEW_SECONDS = 60;

/** Proves an event by its signature and checks its shape: a broken broker can forge neither revocation nor heartbeat. */
export class EventReader {
  constructor(
    private readonly issuer: string,
    private readonly verifier: TokenVerifier,
    private readonly authServer: AuthServerClient,
  ) {}

  /** @throws InvalidTokenError; `unknown_key` may only mean that the keys can't be fetched now. */
  async read(raw: string, type: EventType): Promise<AnyDomainEvent> {
    const { kid, alg } = readHeader(raw);
    if (!isVerificationAlg(alg)) throw new InvalidTokenError('wrong_algorithm');
    const { claims } = this.verifier.verify('event', raw, {
      keys: await this.authServer.keys.find(kid, alg),
      algorithms: DEFAULTS.algorithms,
      issuer: this.issuer,
      audience: EVENT_AUDIENCE,
      now: epochSeconds(),
      clockToleranceSeconds: SKEW_SECONDS,
    });
    return readEvent(claims['event'], type);
  }
}

function readEvent(value: unknown, type: EventType): AnyDomainEvent {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isObject) throw new InvalidTokenError('bad_claims', 'event');
  const event = plainToInstance(EVENT_CLASSES[type] as new () => AnyDomainEvent, value);
  if (event.type !== type || validateSync(event).length > 0) throw new InvalidTokenError('bad_claims', 'event');
  return event;
}
