import { Page } from '@tandem/testing';
import fc from 'fast-check';
import { FORM, signedIn, startApp, type RunningApp } from '../running-app.spec-support.js';

const ISSUER = 'https://op.example/';
const CALLBACKS = [
  'https://rp.example/cb',
  'https://rp.example/cb?tenant=a&x=%20%22',
  'https://rp.example/cb?',
  'https://rp.example/cb?a&',
] as const;
const DECLARED = `
clients:
  - client_id: web
    client_secret: s3cret
    redirect_uris: ${JSON.stringify(CALLBACKS)}
    response_types: [code, "code id_token", "code token", "code id_token token"]
    skip_consent: true
`;
let running: RunningApp;
let cookie: string;
beforeAll(async () => {
  running = await startApp(DECLARED);
  ({ cookie } = await signedIn(running, 'ann@example.com'));
});
afterAll(() => running.close());

/** What a request says of its state, as it stands on the wire, and the value that this spells. */
interface SentState {
  readonly raw: string;
  readonly value: string | undefined;
}

const escapeBytes = (text: string): string =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        ...`"'<>&=+%;#?/\\ {}`.split(''),
        '&quot;',
        '</script>',
        '%22',
        '%00',
        '\u2028',
        '\uFEFF',
        '\uFFFE',
        '\u0085',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
  fc
    .tuple(fc.string({ minLength: 1, maxLength: 9 }), fc.integer({ min: 1, max: 4_000 }))
    .map(([part, length]) => part.repeat(length).slice(0, length)),
);
const spelled: fc.Arbitrary<SentState> = fc
  .tuple(
    text.map((value) => value.toWellFormed()),
    fc.constantFrom(encodeURIComponent, escapeBytes, (value: string) =>
      new URLSearchParams({ value }).toString().slice('value='.length),
    ),
  )
  .map(([value, spell]) => ({ raw: spell(value), value }))
  .filter(({ raw }) => raw.length < 7_000);
/** Line breaks, bytes that are no UTF-8, half a surrogate pair, escapes that are none: nothing that can be given back. */
const broken: fc.Arbitrary<SentState> = fc
  .tuple(
    fc.string(),
    fc.constantFrom('%0d%0aX: y', '%00', '%7f', '%ed%a0%80', '%ff', '%c0%80', '%x', '%zz'),
    fc.string(),
  )
  .map(([before, raw, after]) => ({
    raw: `${encodeURIComponent(before)}${raw}${encodeURIComponent(after)}`,
    value: undefined,
  }));

// oxlint-disable-next-line no-control-regex
const isSendable = (value: string): boolean => !/[\u0000-\u001F\u007F]/.test(value);

interface Sent {
  readonly callback: string;
  readonly type: string;
  readonly mode: string | undefined;
  readonly states: readonly SentState[];
  readonly byPost: boolean;
  readonly signedIn: boolean;
  readonly more: string;
}
const request: fc.Arbitrary<Sent> = fc.record({
  callback: fc.constantFrom(...CALLBACKS),
  type: fc.constantFrom('code', 'code id_token', 'code token', 'code id_token token', 'id_token'),
  mode: fc.constantFrom(undefined, 'query', 'fragment', 'form_post', 'pigeon'),
  states: fc.oneof(
    { weight: 6, arbitrary: spelled.map((state) => [state]) },
    { weight: 2, arbitrary: broken.map((state) => [state]) },
    {
      weight: 1,
      arbitrary: fc.array(
        spelled.filter(({ raw }) => raw.length < 3_000),
        { maxLength: 2 },
      ),
    },
  ),
  byPost: fc.boolean(),
  signedIn: fc.boolean(),
  more: fc.constantFrom('', '', '', '&scope=read', '&max_age=-1', '&iss=x&code=y&error=z', '&claims={'),
});

async function respond({ callback, type, mode, states, byPost, signedIn: isSignedIn, more }: Sent): Promise<Response> {
  const parameters = new URLSearchParams({
    ...{ client_id: 'web', redirect_uri: callback, response_type: type, scope: 'openid', nonce: 'n' },
    ...(mode === undefined ? {} : { response_mode: mode }),
    ...(isSignedIn ? {} : { prompt: 'none' }),
  }).toString();
  const body = [parameters, ...states.map(({ raw }) => `state=${raw}`)].join('&') + more;
  const headers: Record<string, string> = isSignedIn ? { cookie } : {};
  const url = `${running.url}/authorize`;
  const send = (query: string): Promise<Response> => fetch(`${url}?${query}`, { redirect: 'manual', headers });
  if (!byPost) return send(body);
  const answer = await fetch(url, { method: 'POST', redirect: 'manual', headers: { ...headers, ...FORM }, body });
  const again = answer.headers.get('location') ?? '';
  // The same request, asked by GET.
  return again.startsWith(`${ISSUER}authorize?`) ? send(again.slice(again.indexOf('?') + 1)) : answer;
}

/** Names and values of a query or fragment as they stand in it; throws where an escape is no UTF-8. */
const pairsOf = (encoded: string): readonly (readonly [string, string])[] =>
  encoded
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name = '', ...rest] = pair.replaceAll('+', ' ').split('=');
      return [decodeURIComponent(name), decodeURIComponent(rest.join('='))];
    });

/** What the client is sent; undefined when this is no response to it. */
async function sentToClient(
  response: Response,
  callback: string,
): Promise<readonly (readonly [string, string])[] | undefined> {
  const location = response.headers.get('location');
  if (location !== null) {
    expect(location.startsWith(callback)).toBe(true);
    const [query = '', fragment] = location.split('#');
    // The callback's own parameters are the client's: no response parameter may repeat one of them either.
    return fragment === undefined ? pairsOf(query.slice(query.indexOf('?') + 1)) : pairsOf(fragment);
  }
  const url = new URL(`${running.url}/authorize`);
  const page = new Page(url, response.status, response.headers, await response.text(), { method: 'GET', way: [url] });
  if (page.find('form').length === 0) return undefined;
  const form = page.autoSubmitForm();
  expect(form.action.href).toBe(new URL(callback).href);
  return form.fields;
}

describe('a response to the client', () => {
  it('issues no parameter twice, and the state as it came, whatever that is (P2)', async () => {
    await fc.assert(
      fc.asyncProperty(request, async (sent) => {
        const response = await respond(sent);
        expect(response.status).toBeLessThan(500);
        const pairs = await sentToClient(response, sent.callback);
        const [state, ...others] = sent.states;
        const isGood = sent.states.every(({ value }) => value !== undefined && isSendable(value));
        if (pairs === undefined)
          return expect({ isGood, status: response.status }).toEqual({ isGood: false, status: 400 });
        const names = pairs.map(([name]) => name);
        expect(names).toEqual([...new Set(names)]);
        expect(names).toContain('iss');
        const given = pairs.filter(([name]) => name === 'state').map(([, value]) => value);
        // RFC 6749 §3.1: without a value a parameter counts as omitted, and one that came twice has no value.
        const expected = others.length > 0 ? '' : (state?.value ?? '');
        expect(given).toEqual(expected === '' ? [] : [expected]);
        return undefined;
      }),
    );
  });
});
