import { IntrospectionRequest, rpcSubjectPattern } from '@tandem/contracts';
import type { IntrospectionResponse, RevocationSnapshotPage } from '@tandem/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { RevocationStore } from '@tandem/persistence';
import type { PublicJwk } from '@tandem/protocol';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { Introspection } from './introspection.js';

/** A message holds at most 16 KiB, so pages over NATS are small. */
const PAGE_SIZE = 100;

/**
 * The same answers over NATS. Who asks is proven by the subject that its permissions let it publish to; garbage is
 * answered as an unknown token.
 */
@Controller()
export class IntrospectionResponder {
  constructor(
    private readonly introspection: Introspection,
    private readonly revocations: RevocationStore,
    private readonly keys: SigningKeys,
  ) {}

  @MessagePattern(rpcSubjectPattern('introspect'))
  async introspect(@Payload() payload: unknown): Promise<IntrospectionResponse> {
    if (typeof payload !== 'object' || payload === null) return { active: false };
    const request = plainToInstance(IntrospectionRequest, payload);
    if (validateSync(request).length > 0) return { active: false };
    return this.introspection.introspect(request.token, { audience: request.audience });
  }

  @MessagePattern(rpcSubjectPattern('jwks'))
  jwks(): { readonly keys: readonly PublicJwk[] } {
    return { keys: this.keys.jwks() };
  }

  @MessagePattern(rpcSubjectPattern('revocations'))
  snapshot(@Payload() payload: unknown): Promise<RevocationSnapshotPage> {
    const after = typeof payload === 'object' && payload !== null ? (payload as { after?: unknown }).after : undefined;
    return this.revocations.page(typeof after === 'string' && after.length <= 300 ? after : undefined, PAGE_SIZE);
  }
}
