import type { Pages } from '../../pages/pages.js';
import type { ResponseMode } from './response-mode.js';

/** JSON that can stand inside a script element: nothing in it ends the element or starts a comment. */
const scriptJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/**
 * Parameters by postMessage to the page that embeds or opened this one: what Auth0's single-page SDKs use for silent and
 * pop-up sign-ins. The target origin is the redirect_uri's, which `resolveReturnAddress` found among the web_origins.
 */
export const webMessage = (pages: Pages): ResponseMode => ({
  name: 'web_message',
  respond({ redirectUri }, parameters, language) {
    const { origin } = new URL(redirectUri);
    const message = scriptJson({ type: 'authorization_response', response: parameters });
    const script = `(function(){var to=window.opener||window.parent;to.postMessage(${message},${scriptJson(origin)});})();`;
    const needs = { language, scripts: [script], frameAncestors: origin, passing: true };
    return pages.render(200, 'web-message', { script }, needs);
  },
});
