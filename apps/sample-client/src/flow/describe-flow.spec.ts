import { describeExchange, describeFlow } from './describe-flow.js';
import { exhibitText, jsonExhibit, rowsExhibit, tokenExhibit } from './exhibits.js';
import { A_JWT, aFlow } from './flow.spec-support.js';
import { withNewest } from './flow.js';

const SECRET = 'demo-web-secret-please-change-0001';
const EXCHANGE = {
  request: {
    method: 'POST',
    url: 'http://op.test/oauth/token',
    headers: { authorization: `Basic ${Buffer.from(`demo%2Dweb:${SECRET}`).toString('base64')}` },
    body: new URLSearchParams({ code: `ac_${'x'.repeat(40)}`, client_secret: SECRET }).toString(),
  },
  response: { status: 200, headers: {}, body: JSON.stringify({ access_token: A_JWT, expires_in: 300 }) },
};

describe('flow description', () => {
  it('shows ten steps, and which are still to come', () => {
    const begun = describeFlow(aFlow(), 'http://rp.test/callback');
    expect(begun.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(begun.filter(({ done }) => !done).map(({ number }) => number)).toEqual([6, 7, 8, 9, 10]);
    const tokens = { accessToken: 'at_opaque', idToken: A_JWT };
    const call = { over: 'HTTP', what: 'GET /orders', status: 200, answer: '[]' } as const;
    const ended = describeFlow(aFlow({ exchange: EXCHANGE, tokens, apiCalls: [call] }), 'http://rp.test/callback');
    expect(ended.every(({ done }) => done)).toBe(true);
    expect(ended[9]?.exhibits.map(({ title }) => title)).toEqual(['HTTP 200']);
  });

  it('shows codes and tokens shortened, to be unfolded', () => {
    const [row] = rowsExhibit('', [['code', `ac_${'x'.repeat(40)}`]]).rows;
    expect(row).toEqual({ name: 'code', shown: 'ac_xxxxxxxxx…xxxxxx (43 characters)', full: `ac_${'x'.repeat(40)}` });
    expect(jsonExhibit('', EXCHANGE.response.body).rows.map(({ shown }) => shown.length < 60)).toEqual([true, true]);
  });

  it('refuses to show the client’s secret, in whatever spelling', () => {
    const flow = aFlow({ exchange: EXCHANGE, later: [{ title: 'Refresh', exchange: EXCHANGE }] });
    const shown = JSON.stringify([describeFlow(flow, 'http://rp.test/callback'), describeExchange(EXCHANGE)]);
    expect(shown).toContain('demo-web');
    expect(shown).not.toContain(SECRET);
    expect(shown).not.toContain(EXCHANGE.request.headers.authorization.slice(6));
  });

  it('shows a JWT’s header and claims, and says of others that they are opaque', () => {
    expect(exhibitText(tokenExhibit('', A_JWT))).toBe(
      '{\n  "alg": "RS256",\n  "typ": "JWT"\n}\n{\n  "sub": "usr_1"\n}',
    );
    expect(exhibitText(tokenExhibit('', 'at_opaque'))).toContain('opaque');
    expect(exhibitText(tokenExhibit('', '%.%.%'))).toBeDefined();
  });

  it('shows answers that are no JSON as they came', () => {
    for (const body of ['<html>', '[1]', 'null'])
      expect(jsonExhibit('', body)).toEqual({ title: '', rows: [], text: body });
  });

  it('shows the newest of many', () => {
    expect(
      withNewest(
        Array.from({ length: 12 }, (_, index) => index),
        12,
      ),
    ).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });
});
