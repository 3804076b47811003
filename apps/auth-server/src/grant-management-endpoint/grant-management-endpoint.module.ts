import { Module } from '@nestjs/common';
import { PresentedTokensModule } from '../presented-tokens/presented-tokens.module.js';
import { GrantManagementController } from './grant-management.controller.js';

/** Grants as a resource: list, query, revoke, withdraw scopes (Grant Management for OAuth 2.0). It never creates one. */
@Module({ imports: [PresentedTokensModule], controllers: [GrantManagementController] })
export class GrantManagementEndpointModule {}
