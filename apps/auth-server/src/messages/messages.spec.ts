import type { FastifyRequest } from 'fastify';
import { IntlMessageFormat } from 'intl-messageformat';
import { startApp, type RunningApp } from '../running-app.spec-support.js';
import { languageFor, LANGUAGES, textIn } from './index.js';
import type { MessageKey } from './index.js';

const [english] = LANGUAGES;
const KEYS = Object.keys(english.texts) as MessageKey[];
/** Kinds of parts, whose enum can't be imported as a value. */
const LITERAL = 0;
const PLURAL = 6;

/** Values that a text names: numbers where it depends on how many there are. */
const placeholders = (text: string): readonly { readonly name: string; readonly isNumber: boolean }[] =>
  new IntlMessageFormat(text)
    .getAst()
    .flatMap((part) => ('value' in part && part.type !== LITERAL ? [part] : []))
    .map((part) => ({ name: String(part.value), isNumber: part.type === PLURAL }))
    .toSorted((one, other) => one.name.localeCompare(other.name));

describe.each(LANGUAGES.map((language) => [language.tag, language] as const))('the texts in %s', (_tag, language) => {
  it('are complete, none is empty, and each names the same values as the English one', () => {
    expect(Object.keys(language.texts).toSorted()).toEqual([...KEYS].toSorted());
    for (const key of KEYS) {
      expect({ key, text: language.texts[key] }).not.toEqual({ key, text: '' });
      expect({ key, names: placeholders(language.texts[key]) }).toEqual({
        key,
        names: placeholders(english.texts[key]),
      });
    }
  });

  it('can all be shown with their values', () => {
    for (const key of KEYS) {
      const names = placeholders(language.texts[key]);
      const shown = names.map(({ name, isNumber }) => [name, isNumber ? 7 : `<${name}>`] as const);
      const text = textIn(language, key, Object.fromEntries(shown));
      for (const [, value] of shown)
        expect({ key, text }).toEqual({ key, text: expect.stringContaining(String(value)) });
      expect(text).not.toMatch(/[{}]/);
    }
  });
});

describe('the language of a page', () => {
  const languageOf = (accepted: string | undefined, uiLocales?: string): string =>
    languageFor({ headers: { 'accept-language': accepted } } as unknown as FastifyRequest, uiLocales).tag;

  it.each([
    ['nothing is said', undefined, undefined, 'en'],
    ['the browser wants German', 'de-DE,de;q=0.9,en;q=0.8', undefined, 'de'],
    ['the application wants German', 'en-GB', 'de', 'de'],
    ['the application wants a region', 'en', 'DE-AT', 'de'],
    ['the application wants what there is not', 'de', 'fr ja', 'de'],
    ['the first that there is', 'en', 'fr de en', 'de'],
    ['the browser likes English better', 'de;q=0.4, en;q=0.5', undefined, 'en'],
    ['the browser refuses German', 'de;q=0', undefined, 'en'],
    ['the browser says nonsense', ';;;,,,q=', '---', 'en'],
  ])('shows, where %s, what is wished', (_what, accepted, uiLocales, tag) => {
    expect(languageOf(accepted, uiLocales)).toBe(tag);
  });
});

describe('a running server', () => {
  const CALLBACK = 'https://rp.example/cb';
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp(
      JSON.stringify({ clients: [{ client_id: 'web', client_secret: 's', redirect_uris: [CALLBACK] }] }),
    );
  });
  afterAll(() => running.close());

  const german = { accept: 'text/html', 'accept-language': 'de' };
  const ask = (path: string, headers: Record<string, string> = german): Promise<Response> =>
    fetch(`${running.url}/${path}`, { redirect: 'manual', headers });

  it('tells in its discovery document which languages there are', async () => {
    const metadata = (await (await ask('.well-known/openid-configuration')).json()) as Record<string, unknown>;
    expect(metadata['ui_locales_supported']).toEqual(LANGUAGES.map(({ tag }) => tag));
  });

  it('shows an error page in the language of the reader, and what developers need in English', async () => {
    const answer = await ask('authorize?client_id=nobody');
    expect(answer.headers.get('content-language')).toBe('de');
    expect(answer.headers.get('vary')).toContain('accept-language');
    const page = await answer.text();
    expect(page).toContain('<html lang="de">');
    expect(page).toContain('Diese Anmeldung kann nicht verwendet werden');
    expect(page).toContain('<span lang="en">client_id is not known here</span>');
    expect(await (await ask('authorize?client_id=nobody&ui_locales=en')).text()).toContain('<html lang="en">');
  });

  it('shows the page of a sign-in that has expired what to do, and the sign-out page, in German', async () => {
    expect(await (await ask('login?interaction=AAAAAAAAAAAAAAAAAAAAAA')).text()).toContain('ist abgelaufen');
    expect(await (await ask('oidc/logout')).text()).toContain('Sie sind abgemeldet');
    expect(await (await ask('oidc/logout?ui_locales=en')).text()).toContain('You are signed out');
  });

  it('shows the button of a form that could not send itself in German, and the error to the application in English', async () => {
    const query = new URLSearchParams({
      ...{
        client_id: 'web',
        redirect_uri: CALLBACK,
        response_type: 'code',
        scope: 'openid',
        response_mode: 'form_post',
      },
      ...{ prompt: 'none', ui_locales: 'de' },
    });
    const page = await (await ask(`authorize?${query.toString()}`, { accept: 'text/html' })).text();
    expect(page).toContain('Weiter zur Anwendung.');
    expect(page).toContain('value="the user must sign in"');
  });
});
