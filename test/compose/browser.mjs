/** As much of a browser as a sign-in needs: cookies, redirects, forms. */
import { address, Cookies, formOf, send } from './public-site.mjs';

export const OP = address('op');
const MOST_PAGES = 12;

export function expect(what, holds, detail) {
  if (!holds)
    throw new Error(`${what}: ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`.slice(0, 1_000));
}

/** `headers` go with every request. */
export function newBrowser(headers = {}) {
  const cookies = new Cookies();
  let origin = 'null';

  /** Opens a page, or sends a form to it, and follows redirects. */
  async function visit(url, form) {
    let place = url;
    let fields = form;
    for (let step = 0; step < MOST_PAGES; step += 1) {
      const site = new URL(place).origin === origin ? 'same-origin' : 'cross-site';
      const fromPage = fields === undefined ? {} : { origin, 'sec-fetch-site': site };
      const answer = await send(place, { cookies, form: fields, headers: { ...headers, ...fromPage } });
      fields = undefined;
      if (answer.status < 300 || answer.status >= 400) {
        expect(`${place} answers with a page`, answer.status === 200, answer.text);
        ({ origin } = new URL(place));
        return { url: place, text: answer.text };
      }
      place = new URL(answer.headers.location, place).href;
    }
    throw new Error(`${url} never ends; last seen: ${place}`);
  }

  /** Answers the provider's pages until one posts to somebody else. Returns that form. */
  async function signIn(url) {
    let page = await visit(url);
    for (let step = 0; step < MOST_PAGES; step += 1) {
      const { action, fields } = formOf(page.text, page.url);
      if (new URL(action).origin !== OP) return { action, fields };
      const answers = page.text.includes('name="password"')
        ? { username: process.env.PROBE_USER, password: process.env.PROBE_PASSWORD }
        : { decision: 'accept' };
      page = await visit(action, { ...fields, ...answers });
    }
    throw new Error(`the sign-in does not end; last seen: ${page.url}`);
  }

  return { visit, signIn };
}
