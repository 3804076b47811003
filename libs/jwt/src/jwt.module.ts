import { Module } from '@nestjs/common';
import { JwtModule as NestJwtModule } from '@nestjs/jwt';
import { LIBRARY_OPTIONS } from './library-options.js';
import { TokenSigner } from './tokens/token-signer.js';
import { TokenVerifier } from './tokens/token-verifier.js';

/**
 * Gives a Nest app TokenSigner and TokenVerifier. It never hands out the JwtService beneath them, so that no room can
 * sign or verify past the rules of a token kind (RFC 8725).
 */
@Module({
  imports: [NestJwtModule.register(LIBRARY_OPTIONS)],
  providers: [TokenSigner, TokenVerifier],
  exports: [TokenSigner, TokenVerifier],
})
export class JwtModule {}
