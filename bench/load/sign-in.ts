import { readForm } from './forms.js';
import type { Browser, HttpAnswer } from './http.js';
import { REDIRECT_URI } from './relying-party.js';

export interface Person {
  readonly username: string;
  readonly password: string;
}

const HOPS = 16;

/** What reached the client's address, by form_post, query or fragment. */
export function responseIn({ status, headers, body }: HttpAnswer): Readonly<Record<string, string>> | undefined {
  const { location } = headers;
  if (status >= 300 && status < 400) {
    if (typeof location !== 'string' || !location.startsWith(REDIRECT_URI)) return undefined;
    const { hash, search } = new URL(location);
    return Object.fromEntries(new URLSearchParams(hash === '' ? search : hash.slice(1)));
  }
  const form = status === 200 ? readForm(body) : undefined;
  if (form?.action !== REDIRECT_URI) return undefined;
  return Object.fromEntries(form.fields.map(({ name, value }) => [name, value]));
}

/** Goes to a page of the server and on, as a person would who signs in and agrees, until the client has its response. */
export async function signIn(
  browser: Browser,
  path: string,
  person: Person,
): Promise<Readonly<Record<string, string>>> {
  let at = path;
  let answer = await browser.get(path);
  for (let hop = 0; hop < HOPS; hop++) {
    const response = responseIn(answer);
    if (response !== undefined) return response;
    const { location } = answer.headers;
    const form = answer.status === 200 ? readForm(answer.body) : undefined;
    if (answer.status >= 300 && answer.status < 400 && typeof location === 'string') {
      at = within(browser, at, location);
      answer = await browser.get(at);
    } else if (form === undefined) {
      throw new Error(`stuck at ${at.slice(0, 120)}: ${answer.status} ${answer.body.slice(0, 300)}`);
    } else {
      const filled = form.fields.map(({ name, value, type }) => {
        if (type === 'password') return [name, person.password];
        return [name, (type === 'text' || type === 'email') && value === '' ? person.username : value];
      });
      if (form.button !== undefined && form.button.name !== '') filled.push([form.button.name, form.button.value]);
      at = within(browser, at, form.action === '' ? at : form.action);
      answer = await browser.post(at, new URLSearchParams(filled as [string, string][]).toString());
    }
  }
  throw new Error('the sign-in goes round in circles');
}

function within(browser: Browser, base: string, location: string): string {
  const { pathname, search } = new URL(location, new URL(base, browser.connection.origin));
  return pathname + search;
}
