import { seeOther } from '../../http/answer.js';
import type { ResponseMode } from './response-mode.js';

/** Parameters in the fragment, which the browser keeps from servers (Multiple Response Types §2.1). */
export const fragment: ResponseMode = {
  name: 'fragment',
  respond: ({ redirectUri }, parameters) => seeOther(`${redirectUri}#${new URLSearchParams(parameters).toString()}`),
};
