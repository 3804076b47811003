import { OAuthError } from '@tandem/protocol';
import type { Answer } from '../http/answer.js';
import type { Pages } from './pages.js';

/** Runs what answers with a page: a refusal becomes the error page, never JSON and never a redirect. */
export async function asPage(pages: Pages, work: () => Answer | Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof OAuthError)
      return pages.error(error.status, 'This request can not be used', error.description, error.code);
    throw error;
  }
}
