import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { toldSpan } from './told-span.js';

const aSpan = (attributes: ReadableSpan['attributes']): ReadableSpan =>
  ({
    name: 'GET',
    attributes,
    events: [{ name: 'exception', time: [0, 0], attributes: { 'exception.message': 'token=secret' } }],
    status: { code: 2, message: 'duplicate key (token_hash)=(secret)' },
  }) as unknown as ReadableSpan;

describe('what a span tells', () => {
  it('shows addresses without queries, fragments and credentials', () => {
    const { attributes } = toldSpan(
      aSpan({
        'url.full': 'https://user:secret@op.example/authorize?code=secret#secret',
        'http.target': '/callback?state=secret',
        'http.url': 'http://op.example/login',
        'url.path': '/oauth/token',
      }),
    );
    expect(attributes).toEqual({
      'url.full': 'https://op.example/authorize',
      'http.target': '/callback',
      'http.url': 'http://op.example/login',
      'url.path': '/oauth/token',
    });
  });

  it('shows what is known to be harmless, and nothing else', () => {
    const harmless = { 'http.status_code': 200, 'db.postgresql.plan': 'refresh_rotate', 'messaging.system': 'nats' };
    const others = {
      'url.query': 'code=secret',
      'db.statement': "SELECT 'secret'",
      'db.query.text': "SELECT 'secret'",
      'http.request.header.authorization': 'Bearer secret',
      'http.user_agent': 'secret',
      'enduser.id': 'secret',
      'client.address': '203.0.113.7',
    };
    expect(toldSpan(aSpan({ ...harmless, ...others })).attributes).toEqual(harmless);
  });

  it('shows that something failed, but no text of an error', () => {
    const told = toldSpan(aSpan({}));
    expect([told.name, told.status, told.events]).toEqual(['GET', { code: 2 }, []]);
  });
});
