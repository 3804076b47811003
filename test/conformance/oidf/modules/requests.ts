import { claimsOfScopes } from '../relying-party/claim-types.js';
import type { SignedIn } from '../relying-party/module-run.js';
import type { Module, Modules } from './module.js';

/** Where the user's claims have to be: in userinfo, or in the ID token when there is nothing to ask userinfo with. */
const claimPlaces = ({ userinfo, idToken }: SignedIn): readonly object[] =>
  userinfo.length > 0 ? userinfo : [idToken.claims];

const scope =
  (words: string): Module =>
  async (run) => {
    expect(run.provider.metadata['scopes_supported']).toEqual(expect.arrayContaining(words.split(' ')));
    const signedIn = await run.signIn(await run.register(), { scope: words });
    for (const place of claimPlaces(signedIn)) {
      expect(Object.keys(place)).toEqual(expect.arrayContaining([...claimsOfScopes(words)]));
      if (!words.includes('profile')) expect(place).not.toHaveProperty('name');
    }
    if (signedIn.userinfo.length > 0)
      expect(Object.keys(signedIn.idToken.claims).filter((name) => claimsOfScopes(words).includes(name))).toEqual([]);
  };

/** Neither the order of the scopes nor that of the parameters means anything. */
const alternateHappyFlow: Module = async (run) => {
  const client = await run.register();
  const usual = run.request(client, { scope: 'email openid' });
  const taken = await run.authorize(new URLSearchParams([...usual].reverse()));
  const signedIn = await run.complete(client, usual, taken);
  for (const place of claimPlaces(signedIn)) {
    expect(place).toMatchObject({ email: 'alice@example.com', email_verified: true });
    expect(place).not.toHaveProperty('name');
  }
};

const claimsEssential: Module = async (run) => {
  const alone = run.variant.responseType === 'id_token';
  const claims = JSON.stringify({ [alone ? 'id_token' : 'userinfo']: { name: { essential: true } } });
  const signedIn = await run.signIn(await run.register(), { claims });
  for (const place of claimPlaces(signedIn)) expect(place).toMatchObject({ name: 'Alice Example' });
  if (!alone) expect(signedIn.idToken.claims).not.toHaveProperty('name');
};

const accepts =
  (name: string, value: string): Module =>
  async (run) => {
    await run.signIn(await run.register(), { [name]: value });
  };

const acrValues: Module = async (run) => {
  const supported = run.provider.metadata['acr_values_supported'] as readonly string[] | undefined;
  const { idToken } = await run.signIn(await run.register(), { acr_values: (supported ?? ['1', '2']).join(' ') });
  expect(supported ?? ['1', '2']).toContain(idToken.claims['acr']);
};

export const REQUEST_MODULES: Modules = {
  'oidcc-scope-profile': scope('openid profile'),
  'oidcc-scope-email': scope('openid email'),
  'oidcc-scope-address': scope('openid address'),
  'oidcc-scope-phone': scope('openid phone'),
  'oidcc-scope-all': scope('openid profile email address phone'),
  'oidcc-alternate-happy-flow': alternateHappyFlow,
  'oidcc-claims-essential': claimsEssential,
  'oidcc-display-page': accepts('display', 'page'),
  'oidcc-display-popup': accepts('display', 'popup'),
  'oidcc-ensure-request-with-unknown-parameter-succeeds': accepts('extra', 'foobar'),
  'oidcc-login-hint': accepts('login_hint', 'nobody@example.org'),
  'oidcc-ui-locales': accepts('ui_locales', 'se'),
  'oidcc-claims-locales': accepts('claims_locales', 'se'),
  'oidcc-ensure-request-with-acr-values-succeeds': acrValues,
};
