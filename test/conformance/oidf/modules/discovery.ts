import { checkHttps } from '../relying-party/provider.js';
import type { ModuleRun } from '../relying-party/module-run.js';
import { KNOWN_MEMBERS, STRING_MEMBERS } from './known-metadata.js';
import type { Module, Modules } from './module.js';

type Metadata = Readonly<Record<string, unknown>>;

const OIDC_RESPONSE_TYPES = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
];

const texts = (metadata: Metadata, name: string): readonly string[] => {
  expect(metadata[name]).toEqual(expect.any(Array));
  const list = metadata[name] as readonly unknown[];
  for (const value of list) expect(value).toEqual(expect.any(String));
  return list as readonly string[];
};

/** What the provider's metadata must be like for every profile (OIDC Discovery §3, and the suite). */
function checkMetadata(metadata: Metadata): void {
  checkIssuer(metadata['issuer']);
  for (const [name, value] of Object.entries(metadata)) checkMember(name, value);
  for (const name of ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'])
    checkHttps(metadata[name]);
  const responseTypes = texts(metadata, 'response_types_supported');
  expect(responseTypes.some((type) => OIDC_RESPONSE_TYPES.includes(type))).toBe(true);
  const subjectTypes = texts(metadata, 'subject_types_supported');
  expect(subjectTypes.some((type) => type === 'public' || type === 'pairwise')).toBe(true);
  expect(texts(metadata, 'id_token_signing_alg_values_supported')).toContain('RS256');
  expect(texts(metadata, 'request_object_signing_alg_values_supported')).toContain('RS256');
  expect(texts(metadata, 'claims_supported').length).toBeGreaterThan(0);
  expect(texts(metadata, 'grant_types_supported').length).toBeGreaterThan(0);
  checkScopes(texts(metadata, 'scopes_supported'));
  for (const name of ['ui_locales_supported', 'claims_locales_supported'])
    if (metadata[name] !== undefined) checkLocales(texts(metadata, name));
  if (metadata['code_challenge_methods_supported'] !== undefined)
    expect(['S256', 'plain']).toEqual(expect.arrayContaining([...texts(metadata, 'code_challenge_methods_supported')]));
}

function checkIssuer(issuer: unknown): void {
  checkHttps(issuer);
  const { search, hash, username, password, hostname } = new URL(issuer as string);
  expect([search, hash, username, password]).toEqual(['', '', '', '']);
  expect(hostname).not.toBe('');
}

/** Every member is known to the suite, and has the JSON type that its specification gives it. */
function checkMember(name: string, value: unknown): void {
  expect(KNOWN_MEMBERS).toContain(name);
  if (/(_endpoint|_uri)$|^check_session_iframe$/.test(name)) checkHttps(value);
  else if (STRING_MEMBERS.includes(name)) expect(value).toEqual(expect.any(String));
  else if (/_values_supported$|(types|modes|methods|scopes|claims|locales|actions)_supported$/.test(name))
    texts({ [name]: value }, name);
  else expect([true, false]).toContain(value);
}

function checkScopes(scopes: readonly string[]): void {
  expect(scopes).toContain('openid');
  for (const scope of scopes) expect(scope).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]+$/);
}

function checkLocales(tags: readonly string[]): void {
  for (const tag of tags) expect(Intl.getCanonicalLocales(tag)).toEqual([tag]);
}

const forStaticClients: Module = async ({ provider }) => {
  checkMetadata(provider.metadata);
};

const forDynamicClients: Module = async ({ provider: { metadata } }) => {
  checkMetadata(metadata);
  checkHttps(metadata['registration_endpoint']);
  expect(texts(metadata, 'response_types_supported')).toEqual(
    expect.arrayContaining(['code', 'id_token', 'id_token token']),
  );
  expect(texts(metadata, 'userinfo_signing_alg_values_supported')).toContain('RS256');
  expect(texts(metadata, 'grant_types_supported')).toEqual(expect.arrayContaining(['authorization_code', 'implicit']));
};

/** What a logout profile adds: its members are true, its addresses are there. */
const forLogout =
  (flags: readonly string[], addresses: readonly string[] = []): Module =>
  async ({ provider: { metadata } }: ModuleRun) => {
    for (const name of ['end_session_endpoint', ...addresses]) checkHttps(metadata[name]);
    for (const name of flags) expect(metadata[name]).toBe(true);
  };

export const DISCOVERY_MODULES: Modules = {
  'oidcc-discovery-endpoint-verification': forDynamicClients,
  'oidcc-rp-initiated-logout-discovery-endpoint-verification': forLogout([]),
  'oidcc-backchannel-logout-discovery-endpoint-verification': forLogout([
    'backchannel_logout_supported',
    'backchannel_logout_session_supported',
  ]),
  'oidcc-frontchannel-logout-discovery-endpoint-verification': forLogout([
    'frontchannel_logout_supported',
    'frontchannel_logout_session_supported',
  ]),
  'oidcc-session-management-discovery-endpoint-verification': forLogout([], ['check_session_iframe']),
};

/** The one module of the config plan has the dynamic plan's name, and the milder rules of static clients. */
export const CONFIG_MODULES: Modules = { 'oidcc-discovery-endpoint-verification': forStaticClients };
