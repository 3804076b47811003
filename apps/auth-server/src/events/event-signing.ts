import { EVENT_AUDIENCE } from '@tandem/contracts';
import type { AnyDomainEvent } from '@tandem/contracts';
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
    const iat = this.clock.now();
    return this.signer.sign(
      'event',
      { iss: this.issuer.identifier, aud: EVENT_AUDIENCE, iat, jti: event.id, event },
      this.keys.active('ES256'),
    );
  }
}
