import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FormParameters } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { Issuer } from '../endpoints.js';
import { single } from '../http/form-parameters.js';
import { PageRefusal } from '../pages/page-refusal.js';
import { ServerSecrets } from '../signing-keys/server-secrets.js';

/** Synchroniser tokens: a keyed hash of the browser's cookie and of what the form is for, so nothing has to be stored. */
@Injectable()
export class CsrfTokens {
  constructor(
    private readonly secrets: ServerSecrets,
    private readonly issuer: Issuer,
  ) {}

  issue(browser: string, purpose: string): string {
    return this.secrets.mac('csrf', `${browser}|${purpose}`).toString('base64url');
  }

  /** @throws OAuthError `access_denied` with status 403. */
  check(http: FastifyRequest, form: FormParameters, browser: string, purpose: string): void {
    const expected = Buffer.from(this.issue(browser, purpose));
    const presented = Buffer.from(single(form, 'csrf') ?? '');
    const genuine = expected.length === presented.length && timingSafeEqual(expected, presented);
    if (!genuine || this.isForeign(http))
      throw new PageRefusal('error.foreign-form', 'access_denied', 'this form was not sent from our page', {
        status: 403,
      });
  }

  /**
   * What the browser says of the sender. Our pages send no referrer, so their own forms come with `Origin: null`; only
   * together with `Sec-Fetch-Site` does that mean anything.
   */
  private isForeign(http: FastifyRequest): boolean {
    const site = http.headers['sec-fetch-site'];
    const { origin } = http.headers;
    if (site !== undefined) return site !== 'same-origin' && site !== 'none';
    return origin !== undefined && origin !== 'null' && origin !== this.issuer.origin;
  }
}
