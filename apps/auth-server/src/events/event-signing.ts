import { EVENT_AUDIENCE, GRANT_RECORD_AUDIENCE } from '@tandem/contracts';
import type { AnyDomainEvent, GrantEventPack } from '@tandem/contracts';
import { TokenSigner } from '@tandem/jwt';
import { Injectable } from '@nestjs/common';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';

/** Signs events, so that a broken broker can't forge a revocation or a heartbeat. */
@Injectable()
export class EventSigning {
  constructor(
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  sign(event: AnyDomainEvent): string {
    return this.signAs(event.id, { aud: EVENT_AUDIENCE, event });
  }

  /** Several events of the record of grants under one signature. */
  signPack({ id, events }: GrantEventPack): string {
    return this.signAs(id, { aud: GRANT_RECORD_AUDIENCE, events });
  }

  private signAs(jti: string, claims: Readonly<Record<string, unknown>>): string {
    const iat = this.clock.now();
    return this.signer.sign('event', { iss: this.issuer.identifier, iat, jti, ...claims }, this.keys.active('ES256'));
  }
}
