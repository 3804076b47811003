import type { Pages } from '../../pages/pages.js';
import { readScript } from '../../pages/pages.js';
import type { ResponseMode } from './response-mode.js';

const SCRIPT = readScript('form-post.js');

/** Parameters as hidden fields of a form that sends itself (OAuth 2.0 Form Post Response Mode); a button without script. */
export const formPost = (pages: Pages): ResponseMode => ({
  name: 'form_post',
  respond({ redirectUri }, parameters, language) {
    const target = new URL(redirectUri);
    return pages.render(
      200,
      'form-post',
      { action: redirectUri, fields: Object.entries(parameters), script: SCRIPT },
      {
        language,
        formTargets: [target.origin === 'null' ? target.protocol : target.origin],
        scripts: [SCRIPT],
        passing: true,
      },
    );
  },
});
