import { checkErrorTexts } from '../relying-party/authorization-response.js';
import {
  newClientKey,
  postRegistration,
  registrationRequest,
  RP_ORIGIN,
  type Metadata,
} from '../relying-party/client.js';
import type { ModuleRun, SignedIn } from '../relying-party/module-run.js';
import { randomText } from '../relying-party/random-text.js';
import { withRpSite } from '../relying-party/rp-site.js';
import type { Module, Modules } from './module.js';

/** Registers what must be refused; answers the error code. */
export async function refusedRegistration({ provider, variant }: ModuleRun, changes: Metadata): Promise<string> {
  const response = await postRegistration(provider, registrationRequest(variant, await newClientKey(), changes));
  const body = (await response.json()) as Readonly<Record<string, unknown>>;
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  checkErrorTexts(body['error'], body['error_description'], body['error_uri']);
  return body['error'] as string;
}

const pagesOf = ({ walk }: SignedIn) => [...walk.loginPages, ...walk.consentPages];

/** The pages on which the user decides show what the client said about itself, and the browser may load it. */
const logoUri: Module = async (run) => {
  const logo = `${RP_ORIGIN}/logo-${randomText(8)}.png`;
  const signedIn = await run.signIn(await run.register({ logo_uri: logo }));
  for (const page of pagesOf(signedIn)) {
    expect(page.find('img').map(({ attrs }) => attrs.find(({ name }) => name === 'src')?.value)).toContain(logo);
    expect(page.headers.get('content-security-policy')).toMatch(new RegExp(`img-src [^;]*${RP_ORIGIN}`));
  }
};

const linkTo =
  (member: 'policy_uri' | 'tos_uri'): Module =>
  async (run) => {
    const address = `${RP_ORIGIN}/${member}-${randomText(8)}.html`;
    const signedIn = await run.signIn(await run.register({ [member]: address }));
    for (const page of pagesOf(signedIn))
      expect(page.find('a').map(({ attrs }) => attrs.find(({ name }) => name === 'href')?.value)).toContain(address);
  };

const jwksUri: Module = (run) =>
  withRpSite(async (site) => {
    const key = await newClientKey();
    const address = site.publish('/jwks.json', { keys: [key.publicJwk] });
    await run.signIn(await run.register({ jwks: undefined, jwks_uri: address }, key));
    expect(await site.nextRequest()).toMatchObject({ method: 'GET', path: '/jwks.json' });
  });

/** A sector of its own, so a subject of its own: nobody else sees the user under it (OIDC Core §8.1). */
const sectorUri: Module = (run) =>
  withRpSite(async (site) => {
    expect(run.provider.metadata['subject_types_supported']).toContain('pairwise');
    const redirectUris = [`${RP_ORIGIN}/${randomText(12)}/callback`];
    const sector = site.publish('/sector.json', redirectUris);
    const changes = { redirect_uris: redirectUris, subject_type: 'pairwise', sector_identifier_uri: sector };
    const pairwise = await run.signIn(await run.register(changes));
    const known = await run.signIn(await run.register());
    expect(pairwise.idToken.claims.sub).not.toBe(known.idToken.claims.sub);
  });

const sectorBad: Module = (run) =>
  withRpSite(async (site) => {
    const sector = site.publish('/sector.json', [`${RP_ORIGIN}/somewhere/else`]);
    const error = await refusedRegistration(run, { subject_type: 'pairwise', sector_identifier_uri: sector });
    expect(error).toBe('invalid_client_metadata');
  });

const userinfoRs256: Module = async (run) => {
  expect(run.provider.metadata['userinfo_signing_alg_values_supported']).toContain('RS256');
  const { userinfo } = await run.signIn(await run.register({ userinfo_signed_response_alg: 'RS256' }));
  expect(userinfo.length).toBeGreaterThan(0);
};

const INITIATE_LOGIN = `${RP_ORIGIN}/initiate-login`;

const initiateLogin: Module = async (run) => {
  const { registration } = await run.register({ initiate_login_uri: INITIATE_LOGIN });
  expect(registration['initiate_login_uri']).toBe(INITIATE_LOGIN);
  const response = await fetch(registration['registration_client_uri'] as string, {
    headers: { authorization: `Bearer ${registration['registration_access_token'] as string}` },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json\b/);
  const read = (await response.json()) as Metadata;
  expect(read).toMatchObject({ client_id: registration['client_id'], initiate_login_uri: INITIATE_LOGIN });
};

const initiateLoginWithoutTls: Module = async (run) => {
  const changes = { initiate_login_uri: INITIATE_LOGIN.replace('https:', 'http:') };
  expect(await refusedRegistration(run, changes)).toBe('invalid_client_metadata');
};

export const REGISTRATION_MODULES: Modules = {
  'oidcc-registration-logo-uri': logoUri,
  'oidcc-registration-policy-uri': linkTo('policy_uri'),
  'oidcc-registration-tos-uri': linkTo('tos_uri'),
  'oidcc-registration-jwks-uri': jwksUri,
  'oidcc-registration-sector-uri': sectorUri,
  'oidcc-registration-sector-bad': sectorBad,
  'oidcc-userinfo-rs256': userinfoRs256,
  'oidcc-3rd_party-init-login': initiateLogin,
  'oidcc-3rd_party-init-login-nohttps': initiateLoginWithoutTls,
};
