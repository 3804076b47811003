import { Module } from '@nestjs/common';
import { PasskeyCeremonies } from './passkey-ceremonies.js';

/**
 * What a browser is asked in the two ceremonies of WebAuthn Level 3, and whether its answer holds. It knows no page, keeps
 * no challenge, and never decides who may sign in.
 */
@Module({ providers: [PasskeyCeremonies], exports: [PasskeyCeremonies] })
export class PasskeysModule {}
