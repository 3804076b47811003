import type { Pages } from '../../pages/pages.js';
import { formPost } from './form-post.js';
import { fragment } from './fragment.js';
import { query } from './query.js';
import type { ResponseMode } from './response-mode.js';
import { webMessage } from './web-message.js';

/** The one list of response modes; dispatch and discovery derive from it. */
export const responseModes = (pages: Pages): readonly ResponseMode[] => [
  query,
  fragment,
  formPost(pages),
  webMessage(pages),
];
