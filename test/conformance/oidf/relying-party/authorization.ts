import type { Form, Page, UserAgent } from '@tandem/testing';
import { RP_ORIGIN } from './client.js';

/** What happened between an authorization request and the end of its way through the pages. */
export interface Walk {
  readonly loginPages: readonly Page[];
  readonly consentPages: readonly Page[];
  readonly end:
    | { readonly kind: 'redirect'; readonly target: URL }
    | { readonly kind: 'form'; readonly page: Page; readonly form: Form }
    | { readonly kind: 'page'; readonly page: Page };
}

/** The user that the server was configured with; every standard claim is set. */
export const USER = { username: 'alice@example.com', password: 'wonderland-42' } as const;

const LONGEST_WAY = 15;

const isLogin = (page: Page): boolean => page.find('input[name=username]').length > 0;
const isConsent = (page: Page): boolean => page.find('button[name=decision]').length > 0;

/** Opens the request's first page: as a link, or as a form that the client's own page posts. */
export function openRequest(
  agent: UserAgent,
  endpoint: string,
  parameters: URLSearchParams,
  method: 'GET' | 'POST',
): Promise<Page> {
  if (method === 'GET') return agent.get(`${endpoint}?${parameters.toString()}`);
  return agent.submit({
    action: new URL(endpoint),
    method: 'POST',
    fields: [...parameters],
    buttons: [],
    page: { url: new URL(`${RP_ORIGIN}/start`), headers: new Headers() },
  });
}

/** Signs in and allows wherever a page asks for it, until the client is reached or a page offers nothing more. */
export async function walk(agent: UserAgent, first: Page): Promise<Walk> {
  const loginPages: Page[] = [];
  const consentPages: Page[] = [];
  let page = first;
  for (let step = 0; step < LONGEST_WAY; step += 1) {
    const target = page.location;
    if (target?.origin === RP_ORIGIN) return { loginPages, consentPages, end: { kind: 'redirect', target } };
    if (target !== undefined) page = await agent.followOnce(page);
    else if (isLogin(page)) {
      loginPages.push(page);
      page = await agent.submit(checkedForm(page), USER);
    } else if (isConsent(page)) {
      consentPages.push(page);
      page = await agent.submit(checkedForm(page), { decision: 'accept' });
    } else return { loginPages, consentPages, end: lastPage(page) };
  }
  throw new Error(`the sign-in does not end: it is at ${page.describe()}`);
}

function lastPage(page: Page): Walk['end'] {
  const [element] = page.find('form');
  const action = element?.attrs.find(({ name }) => name === 'action')?.value;
  return action?.startsWith(RP_ORIGIN) === true
    ? { kind: 'form', page, form: page.autoSubmitForm() }
    : { kind: 'page', page };
}

/** Chromium asks the page's form-action about every redirect that follows the form, the client's address included. */
function checkedForm(page: Page): Form {
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  const formAction = policy.split(';').find((directive) => directive.trim().startsWith('form-action'));
  if (formAction !== undefined) expect(formAction).toContain(RP_ORIGIN);
  return page.form();
}
