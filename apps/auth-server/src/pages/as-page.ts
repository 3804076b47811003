import { StorageUnavailable } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import { RETRY_SOON, withHeaders } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import type { Pages } from './pages.js';

/** Runs what answers with a page: a refusal becomes the error page, never JSON and never a redirect. */
export async function asPage(pages: Pages, work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OAuthError) {
      const page = pages.error(error.status, 'This request can not be used', error.description, error.code);
      return error.status === 503 ? withHeaders(page, RETRY_SOON) : page;
    }
    if (error instanceof StorageUnavailable)
      return withHeaders(pages.error(503, 'Not now', 'Try again in a moment.', 'temporarily_unavailable'), RETRY_SOON);
    throw error;
  }
}
