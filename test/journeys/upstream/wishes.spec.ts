import { UserAgent } from '@tandem/testing';
import { agent, claimsOf, interactionOf, onward, provider, request, tandem, through, verified } from './hand-made.js';

describe('a fresh sign-in', () => {
  it('passes prompt, max_age and login_hint on, and tells the provider’s auth_time', async () => {
    const at = Math.floor(Date.now() / 1_000) - 40;
    const page = await agent.open(request({ max_age: '100', login_hint: 'carol' }));
    const claims = claimsOf(await through(page, { ...verified('timely'), idToken: { auth_time: at } }));
    expect(claims['auth_time']).toBe(at);
    expect(Object.fromEntries(provider.requests.at(-1) ?? [])).toMatchObject({ max_age: '100', login_hint: 'carol' });
  });

  it('passes on what a client wants of every request, and refuses an older sign-in', async () => {
    const page = await agent.open(request({ client_id: 'impatient' }));
    const old = { auth_time: Math.floor(Date.now() / 1_000) - 600 };
    const refused = await through(page, { ...verified('unhurried'), idToken: old });
    expect(provider.requests.at(-1)?.get('max_age')).toBe('100');
    expect(refused.text).toContain('asks you to sign in anew');
  });

  it.each([
    ['an old one', { auth_time: Math.floor(Date.now() / 1_000) - 600 }],
    ['one of which it does not say when it was', { auth_time: undefined }],
  ])('refuses %s when the application asks for a new one', async (_what, idToken) => {
    const page = await agent.open(request({ prompt: 'login' }));
    const refused = await through(page, { ...verified('stale'), idToken });
    expect(Object.fromEntries(provider.requests.at(-1) ?? [])).toMatchObject({ prompt: 'login', max_age: '0' });
    expect(refused.text).toContain('asks you to sign in anew');
    claimsOf(await through(refused, verified('stale')));
  });
});

describe('the connection parameter', () => {
  it('redirects straight to the provider, and to the page when that did not help', async () => {
    provider.behaviour = { error: 'access_denied' };
    const page = await agent.open(request({ connection: 'hand' }));
    expect(page.text).toContain('did not finish');
    const anew = await agent.follow(await agent.get(`${tandem.issuer}login?interaction=${interactionOf(page)}`));
    expect(anew.text).toContain('Continue with Hand Made');
    provider.behaviour = verified('straight');
    const other = new UserAgent();
    claimsOf(await onward(await other.open(request({ connection: 'hand' })), other));
  });

  it.each([
    ['what is none here', 'Username-Password-Authentication'],
    ['another way to sign in', 'ldap'],
    ['a very long name', 'x'.repeat(500)],
  ])('shows the page for %s', async (_what, name) => {
    expect((await agent.open(request({ connection: name }))).form().action.pathname).toBe('/login');
  });

  it('shows the page of a client that does not admit it', async () => {
    const page = await agent.open(request({ connection: 'hand', client_id: 'passwords-only' }));
    expect(page.find('#connection-hand')).toHaveLength(0);
    expect(page.form().action.pathname).toBe('/login');
  });
});
