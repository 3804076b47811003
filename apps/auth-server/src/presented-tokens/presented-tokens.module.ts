import { JwtModule } from '@tandem/jwt';
import { Module } from '@nestjs/common';
import { PresentedTokens } from './presented-tokens.js';

/** What a presented access token is and whether it is alive (RFC 6750, RFC 9068). It never issues and never revokes. */
@Module({ imports: [JwtModule], providers: [PresentedTokens], exports: [PresentedTokens] })
export class PresentedTokensModule {}
