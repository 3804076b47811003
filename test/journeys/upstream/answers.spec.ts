import { UserAgent } from '@tandem/testing';
import type { Behaviour } from '../../support/hand-made-provider.js';
import {
  agent,
  claimsOf,
  link,
  made,
  onward,
  provider,
  request,
  signIn,
  tandem,
  through,
  typesOfAudit,
  verified,
} from './hand-made.js';

describe('an answer that can not be used', () => {
  const now = Math.floor(Date.now() / 1_000);
  it.each<[string, Behaviour, number, string]>([
    ['a wrong nonce', { idToken: { nonce: 'another' } }, 400, 'could not be used'],
    ['no nonce', { idToken: { nonce: undefined } }, 400, 'could not be used'],
    ['another issuer in the ID token', { idToken: { iss: 'https://evil.example' } }, 400, 'could not be used'],
    ['another issuer in the response', { iss: 'https://evil.example' }, 400, 'could not be used'],
    ['another audience', { idToken: { aud: 'somebody-else' } }, 400, 'could not be used'],
    ['an expired ID token', { idToken: { exp: now - 600, iat: now - 900 } }, 400, 'could not be used'],
    ['a signature by an unknown key', { foreignKey: true }, 400, 'could not be used'],
    ['another user at userinfo', { userinfo: { sub: 'mallory' } }, 400, 'could not be used'],
    ['a refused code', { tokenStatus: 400 }, 400, 'could not be used'],
    ['a token endpoint that is broken', { tokenStatus: 500 }, 503, 'can not be reached'],
    ['a cancelled sign-in', { error: 'access_denied' }, 200, 'did not finish'],
    ['an error', { error: 'invalid_scope' }, 400, 'could not be used'],
    ['a provider that can not now', { error: 'temporarily_unavailable' }, 503, 'can not be reached'],
  ])('shows %s on the page, makes nothing, and the sign-in goes on', async (_what, behaviour, status, words) => {
    const before = await made();
    const page = await signIn(behaviour);
    expect(page.status).toBe(status);
    expect(page.text).toContain(words);
    expect(page.body).not.toMatch(/evil|mallory|invalid_scope|OAUTH_/);
    expect(await made()).toEqual(before);
    expect(await typesOfAudit()).toContain('login.refused');
    expect(claimsOf(await through(page, verified('usable')))).toMatchObject({ email: 'usable@example.org' });
  });

  it('shows a provider that never was there, and the page goes on', async () => {
    const page = await agent.get(link(await agent.open(request()), 'never'));
    expect(page.status).toBe(503);
    expect(page.text).toContain('can not be reached');
    claimsOf(await through(page, verified('persistent')));
  });

  it('shows a provider that goes away meanwhile, and signs in once it is back', async () => {
    const page = await agent.open(request());
    const leaving = await agent.get(link(page, 'hand'));
    const answer = await agent.followOnce(leaving);
    const back = await provider.away();
    const shown = await agent.followOnce(answer);
    expect(shown.status).toBe(503);
    expect(shown.text).toContain('can not be reached');
    await back();
    expect(claimsOf(await through(shown, verified('patient')))).toMatchObject({ email: 'patient@example.org' });
  });

  it('refuses a state that is not the one sent, and the right one still counts', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    const forged = new URL(answer.location as URL);
    const [id] = (forged.searchParams.get('state') ?? '').split('.');
    forged.searchParams.set('state', `${id}.${'A'.repeat(43)}`);
    const refused = await agent.get(forged);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('used already or is too old');
    for (const state of ['', 'x', `${'B'.repeat(22)}.${'A'.repeat(43)}`]) {
      forged.searchParams.set('state', state);
      expect((await agent.get(forged)).status).toBe(400);
    }
    provider.behaviour = verified('right-state');
    expect(claimsOf(await onward(await agent.follow(answer)))).toMatchObject({ email: 'right-state@example.org' });
  });

  it('refuses an answer that comes twice', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    provider.behaviour = { idToken: { nonce: 'wrong' } };
    await agent.followOnce(answer);
    const again = await agent.followOnce(answer);
    expect(again.status).toBe(400);
    expect(again.text).toContain('used already or is too old');
  });

  it('refuses an answer in another browser than the one that began', async () => {
    const page = await agent.open(request());
    const answer = await agent.followOnce(await agent.get(link(page, 'hand')));
    const other = new UserAgent();
    await other.open(request());
    const before = await made();
    const refused = await other.get(answer.location as URL);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('has expired');
    expect(await made()).toEqual(before);
    await other.close();
  });

  it('tells nothing of secrets, codes or tokens in its log', () => {
    const log = tandem.logs('auth-server').join('\n');
    expect(log).toContain('sign-in at another provider');
    expect(log).not.toMatch(/a secret of ours|code_verifier|eyJ|state=/);
  });
});
