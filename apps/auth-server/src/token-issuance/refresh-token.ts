import { Injectable } from '@nestjs/common';
import { storedHash } from '@tandem/protocol';
import { ServerSecrets } from '../signing-keys/server-secrets.js';
import { newOpaqueValue, opaqueValueOf } from './opaque-value.js';

/** A refresh token's value and what is stored of it. */
export interface RefreshTokenValue {
  readonly value: string;
  readonly tokenHash: Buffer;
}

/** Refresh tokens: the first is random, each successor derived from the one before, so that a retry finds the same one. */
@Injectable()
export class RefreshTokens {
  constructor(private readonly secrets: ServerSecrets) {}

  first(): RefreshTokenValue {
    const value = newOpaqueValue('refreshToken');
    return { value, tokenHash: storedHash(value) };
  }

  successorOf(presented: string): RefreshTokenValue {
    const value = opaqueValueOf('refreshToken', this.secrets.mac('refresh', `rt1|${presented}`));
    return { value, tokenHash: storedHash(value) };
  }
}
