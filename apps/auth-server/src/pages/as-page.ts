import { OAuthError } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import type { Answer } from '../http/answer.js';
import { languageFor } from '../messages/index.js';
import type { Pages } from './pages.js';

/** Runs what answers with a page: a refusal becomes the error page in the browser's language, never JSON, never a redirect. */
export async function asPage(
  pages: Pages,
  work: () => Answer | Promise<Answer>,
  http?: FastifyRequest,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return pages.error(error, http === undefined ? {} : { language: languageFor(http) });
  }
}
