import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { Authentication } from '../../session/browser-sessions.js';

/** What becomes of an attempt to sign in. */
export type LoginOutcome =
  | { readonly outcome: 'authenticated'; readonly authentication: Authentication }
  | { readonly outcome: 'refused' }
  | { readonly outcome: 'throttled'; readonly retryAfterSeconds: number };

/** A way to sign in, shown on the login page. */
export interface LoginMethod {
  /** Its name in configuration and in the form's `method` field. */
  readonly name: string;
  authenticate(http: FastifyRequest, form: FormParameters): Promise<LoginOutcome>;
}
