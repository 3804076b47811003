import { StorageUnavailable } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { RETRY_SOON, withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { languageFor } from '../messages/index.js';
import type { PageProblem, Pages } from './pages.js';

const NOT_NOW = { status: 503, code: 'temporarily_unavailable', description: 'try again in a moment' } as const;

/** Runs what answers with a page: a refusal becomes the error page in the browser's language, never JSON, never a redirect. */
export async function asPage(
  pages: Pages,
  http: FastifyRequest,
  work: () => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    const problem = problemOf(error);
    const page = pages.error(problem, { language: languageFor(http) });
    return problem.status === 503 ? withHeaders(page, RETRY_SOON) : page;
  }
}

function problemOf(error: unknown): PageProblem {
  if (error instanceof OAuthError) return error;
  if (error instanceof StorageUnavailable) return NOT_NOW;
  throw error;
}
