import { Page } from '@tandem/testing';
import { request } from 'undici';
import type { RunningApp } from './running-app.spec-support.js';

/** What the authorization endpoint answers. `place` is where the browser goes. */
export interface AuthorizationAnswer {
  readonly place: string;
  readonly sent: Readonly<Record<string, string>>;
}

/** Asks the authorization endpoint as a browser with this cookie. */
export async function authorize(
  { url }: RunningApp,
  cookie: string,
  parameters: Readonly<Record<string, string | readonly string[]>>,
): Promise<AuthorizationAnswer> {
  const query = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one])),
  );
  const address = new URL(`${url}/authorize?${query.toString()}`);
  const { statusCode, headers, body } = await request(address, { headers: { cookie, accept: 'text/html' } });
  const text = await body.text();
  const { location } = headers;
  if (typeof location === 'string') {
    const [, place = '', sent = ''] = /^([^?#]*)[?#]?(.*)$/s.exec(location) ?? [];
    return { place, sent: Object.fromEntries(new URLSearchParams(sent)) };
  }
  const page = new Page(address, statusCode, new Headers(), text, { method: 'GET', way: [address] });
  const { action, fields } = page.form();
  return { place: action.href, sent: Object.fromEntries(fields) };
}
