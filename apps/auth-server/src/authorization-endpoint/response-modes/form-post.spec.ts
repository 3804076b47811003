import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { parse, type DefaultTreeAdapterTypes } from 'parse5';
import { signedIn, startApp, type RunningApp } from '../../running-app.spec-support.js';

const ISSUER = 'https://op.example/';
const CALLBACKS = ['https://rp.example/cb', 'https://rp.example/cb?a=1&b="&lt=%22'] as const;
const TYPES = ['code', 'code id_token', 'code token', 'code id_token token'];
const DECLARED = `
clients:
  - client_id: web
    client_secret: s3cret
    redirect_uris: ${JSON.stringify(CALLBACKS.map((uri) => new URL(uri).href))}
    response_types: ${JSON.stringify(TYPES)}
    skip_consent: true
`;
let running: RunningApp;
let cookie: string;
beforeAll(async () => {
  running = await startApp(DECLARED);
  ({ cookie } = await signedIn(running, 'ann@example.com'));
});
afterAll(() => running.close());

type Element = DefaultTreeAdapterTypes.Element;
type Parent = DefaultTreeAdapterTypes.ParentNode;

function elementsOf(parent: Parent): readonly Element[] {
  return parent.childNodes.flatMap((node) => [
    ...('tagName' in node ? [node] : []),
    ...('childNodes' in node ? elementsOf(node) : []),
  ]);
}
const attributesOf = ({ attrs }: Element): Readonly<Record<string, string>> =>
  Object.fromEntries(attrs.map(({ name, value }) => [name, value]));
const textOf = (element: Element): string =>
  element.childNodes.map((node) => ('value' in node ? node.value : '')).join('');

/** What makes a parser of HTML leave an attribute, an element or a comment, or read a character for another. */
const hostile = fc.constantFrom(
  ...`"'<>&;=/\`!-#x[]{}`.split(''),
  ...[
    '"><img src=x onerror=alert(1)>',
    '</script><script>',
    "' onfocus=alert(1) autofocus='",
    '<!--',
    '-->',
    '<%= 1 %>',
  ],
  ...['&quot;', '&#34;', '&#x22', '&lt', '&nbsp', '</form><form action=//evil.example>', '<base href=//evil.example>'],
  ...[
    '<input name=code value=x>',
    ']]>',
    '<![CDATA[',
    '\u2028',
    '\uFEFF',
    '\u00A0',
    '\u0080',
    '\u0085',
    '\uFFFD',
    '\uFFFE',
  ],
);
const text = fc.oneof(
  fc.array(hostile, { maxLength: 10 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
  // oxlint-disable-next-line no-control-regex
  fc.string({ unit: 'binary' }).map((value) => value.toWellFormed().replaceAll(/[\u0000-\u001F\u007F]/g, '')),
);
const request = fc.record({
  callback: fc.constantFrom(...CALLBACKS.map((uri) => new URL(uri).href)),
  type: fc.constantFrom(...TYPES),
  state: text,
  signedIn: fc.boolean(),
  locales: fc.oneof(fc.constantFrom('en', 'de', ''), text),
  others: fc.dictionary(text, text, { maxKeys: 2 }),
});

describe('the page of form_post', () => {
  it('holds one form with the response and one script of ours, whatever the request holds (P3)', async () => {
    await fc.assert(
      fc.asyncProperty(request, async ({ callback, type, state, signedIn: isSignedIn, locales, others }) => {
        const query = new URLSearchParams({
          ...Object.fromEntries(Object.entries(others).map(([name, value]) => [`x${name}`, value])),
          ...{ client_id: 'web', redirect_uri: callback, response_type: type, scope: 'openid', nonce: 'n', state },
          ...{ response_mode: 'form_post', ui_locales: locales },
          ...(isSignedIn ? {} : { prompt: 'none' }),
        });
        const headers = { 'accept-language': 'de', ...(isSignedIn ? { cookie } : {}) };
        const response = await fetch(`${running.url}/authorize?${query.toString()}`, { redirect: 'manual', headers });
        expect(response.status).toBe(200);
        const document = elementsOf(parse(await response.text(), { scriptingEnabled: false }));
        const all = (...names: readonly string[]): readonly Element[] =>
          document.filter(({ tagName }) => names.includes(tagName));

        expect(all('form').map(attributesOf)).toEqual([{ method: 'post', action: callback }]);
        expect(document.map(({ tagName }) => tagName).filter((name) => name !== 'input')).toEqual([
          'html',
          'head',
          'meta',
          'meta',
          'meta',
          'title',
          'body',
          'form',
          'noscript',
          'p',
          'button',
          'script',
        ]);
        const [script] = all('script') as [Element];
        const hash = createHash('sha256').update(textOf(script)).digest('base64');
        expect(script.attrs).toEqual([]);
        expect(response.headers.get('content-security-policy')).toContain(`; script-src 'sha256-${hash}'; `);

        const inputs = all('input').map(attributesOf);
        for (const input of inputs) {
          expect(Object.keys(input)).toEqual(['type', 'name', 'value']);
          expect(input['type']).toBe('hidden');
        }
        const sent = Object.fromEntries(inputs.map(({ name, value }) => [name, value]));
        expect(inputs).toHaveLength(Object.keys(sent).length);
        const some = expect.stringMatching(/^[\x21-\x7E]+$/) as string;
        const parts = type.split(' ');
        expect(sent).toEqual({
          ...(isSignedIn
            ? {
                ...{ code: some, session_state: some },
                ...(parts.includes('id_token') ? { id_token: some } : {}),
                ...(parts.includes('token')
                  ? { access_token: some, token_type: 'Bearer', expires_in: some, scope: 'openid' }
                  : {}),
              }
            : { error: 'login_required', error_description: expect.any(String) as string }),
          ...(state === '' ? {} : { state }),
          iss: ISSUER,
        });
      }),
    );
  });
});
