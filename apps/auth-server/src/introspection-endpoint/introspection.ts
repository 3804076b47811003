import type { IntrospectionResponse } from '@tandem/contracts';
import { Injectable } from '@nestjs/common';
import { ClientStore } from '@tandem/persistence';
import { Issuer } from '../endpoints.js';
import { PresentedTokens } from '../presented-tokens/presented-tokens.js';
import { Subjects } from '../token-issuance/subjects.js';

const INACTIVE: IntrospectionResponse = { active: false };

/** Who asks: an API by the audience that is its own, or the client that holds the token. */
export interface Asker {
  readonly audience?: string;
  readonly clientId?: string;
}

/** What a token is, for those that it concerns (RFC 7662 §2.2, §4: the answer depends on who asks). */
@Injectable()
export class Introspection {
  constructor(
    private readonly tokens: PresentedTokens,
    private readonly clients: ClientStore,
    private readonly subjects: Subjects,
    private readonly issuer: Issuer,
  ) {}

  async introspect(token: string, asker: Asker): Promise<IntrospectionResponse> {
    const live = await this.tokens.find(token);
    if (live === undefined) return INACTIVE;
    const concerned =
      live.clientId === asker.clientId || (asker.audience !== undefined && live.audience.includes(asker.audience));
    if (!concerned) return INACTIVE;
    const client = await this.clients.find(live.clientId);
    if (client === undefined || client.disabledAt !== undefined) return INACTIVE;
    const { family, audience, subject, sid } = live;
    return {
      active: true,
      iss: this.issuer.identifier,
      sub: subject ?? (family === undefined ? live.clientId : this.subjects.of(family.user.userId, client)),
      aud: audience.length === 1 ? (audience[0] as string) : audience,
      client_id: live.clientId,
      token_type: 'Bearer',
      jti: live.jti,
      iat: live.issuedAt,
      exp: live.expiresAt,
      ...(live.scope.length > 0 ? { scope: live.scope.join(' ') } : {}),
      ...(sid === undefined ? {} : { sid }),
      ...(family === undefined ? {} : { grant_id: family.grant.grantId }),
    };
  }
}
