/** What clients and users say in several languages (RFC 7591 §2.2, OIDC Core §2.1, §5.2). */
import type { SignedIn } from './oidf/relying-party/module-run.js';
import { RP_ORIGIN, type Metadata } from './oidf/relying-party/client.js';
import { withRun } from './with-run.js';

const LOCALISED: Metadata = {
  client_name: 'Tea party',
  'client_name#de': 'Teegesellschaft',
  'client_name#ja-Jpan-JP': 'お茶会',
  policy_uri: `${RP_ORIGIN}/policy`,
  'policy_uri#de': `${RP_ORIGIN}/datenschutz`,
  tos_uri: `${RP_ORIGIN}/terms`,
  'logo_uri#de': `${RP_ORIGIN}/bild.png`,
  logo_uri: `${RP_ORIGIN}/logo.png`,
};

/** What both pages of a sign-in show of the client. */
const shown = ({ walk }: SignedIn) =>
  [...walk.loginPages, ...walk.consentPages].map((page) => ({
    name: page.text.match(/Tea party|Teegesellschaft|お茶会/)?.[0],
    policy: page
      .find('a')
      .flatMap(({ attrs }) => attrs.filter(({ name, value }) => name === 'href' && /policy|datenschutz/.test(value)))
      .map(({ value }) => value),
    logo: page
      .find('img')
      .flatMap(({ attrs }) => attrs.filter(({ name }) => name === 'src'))
      .map(({ value }) => value),
  }));

describe('metadata of clients in several languages', () => {
  it('shows the registration as it was sent, tags included', () =>
    withRun(async (run) => {
      const { registration } = await run.register(LOCALISED);
      expect(registration).toMatchObject(LOCALISED);
    }));

  it.each([
    [undefined, 'Tea party', 'policy', 'logo.png'],
    ['se', 'Tea party', 'policy', 'logo.png'],
    ['fr de-AT', 'Teegesellschaft', 'datenschutz', 'bild.png'],
    ['ja', 'お茶会', 'policy', 'logo.png'],
    ['JA-jpan-jp', 'お茶会', 'policy', 'logo.png'],
  ])('shows for ui_locales %s the client as %s', (uiLocales, name, policy, logo) =>
    withRun(async (run) => {
      const client = await run.register(LOCALISED);
      const pages = shown(await run.signIn(client, { ui_locales: uiLocales }));
      const expected = { name, policy: [`${RP_ORIGIN}/${policy}`], logo: [`${RP_ORIGIN}/${logo}`] };
      expect(pages).toEqual([expected, expected]);
    }),
  );
});

describe('claims in several languages', () => {
  it('tells the representation that claims_locales wants beside the usual one', () =>
    withRun(async (run) => {
      const client = await run.register();
      const wanted = { scope: 'openid profile', claims_locales: 'fr ja' };
      const [userinfo] = (await run.signIn(client, wanted)).userinfo;
      expect(userinfo).toMatchObject({ name: 'Alice Example', 'name#ja-Kana-JP': 'アリス' });
      const [usual] = (await run.signIn(client, { ...wanted, claims_locales: undefined })).userinfo;
      expect(usual).not.toHaveProperty('name#ja-Kana-JP');
    }));

  it('tells the representation that the claims parameter names, in userinfo and in the ID token', () =>
    withRun(async (run) => {
      const client = await run.register();
      const demands = { 'name#ja-Kana-JP': null };
      const { userinfo, idToken } = await run.signIn(client, {
        claims: JSON.stringify({ userinfo: demands, id_token: demands }),
      });
      expect([userinfo[0]?.['name#ja-Kana-JP'], idToken.claims['name#ja-Kana-JP']]).toEqual(['アリス', 'アリス']);
      expect(userinfo[0]).not.toHaveProperty('name');
    }));
});
