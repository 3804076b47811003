import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ConfigurationError } from '@tandem/web-server';
import { CLIENT_AUTHENTICATION_METHOD_NAMES } from '../client-authentication/methods/index.js';
import { supportedBy } from '../supported.js';
import { GRANT_TYPE_NAMES } from '../token-endpoint/grant-types/index.js';
import type { LoginSettings } from './declared-configuration.js';
import { readDeclaredConfiguration } from './read-declared-configuration.js';

const supported = supportedBy({
  authenticationMethods: CLIENT_AUTHENTICATION_METHOD_NAMES,
  grantTypes: GRANT_TYPE_NAMES,
});
const read = (login: object): LoginSettings =>
  readDeclaredConfiguration(stringify({ login }), supported, { production: true, builtInApis: [] }).login;
function problemsOf(login: object): readonly string[] {
  try {
    read(login);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

let home: string;
const file = (name: string, text: string): string => {
  const path = join(home, name);
  writeFileSync(path, text);
  return path;
};
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tandem-read-login-'));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const CONNECTION = { name: 'company', issuer: 'https://op.company.example/', client_id: 'us', client_secret: 's3cret' };
const LDAP = { url: 'ldaps://ldap.example', base_dn: 'dc=example' };

describe('connections', () => {
  const withOne = (changes: object): object => ({
    methods: ['password', 'upstream'],
    connections: [{ ...CONNECTION, ...changes }],
  });

  it('accepts the shortest one, trusting it for nothing', () => {
    expect(read(withOne({})).connections).toEqual([
      {
        name: 'company',
        displayName: 'company',
        issuer: 'https://op.company.example/',
        clientId: 'us',
        clientSecret: 's3cret',
        tokenEndpointAuthMethod: 'client_secret_basic',
        scopes: ['openid', 'profile', 'email'],
        claims: {},
        signUp: true,
        trustEmailVerified: false,
        trustedAmr: [],
      },
    ]);
  });

  it('accepts secrets and keys from files', () => {
    const [one] = read(
      withOne({ client_secret: undefined, client_secret_file: file('secret', 'from a file\n') }),
    ).connections;
    expect(one).toMatchObject({ clientSecret: 'from a file' });
    const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    const byKey = { token_endpoint_auth_method: 'private_key_jwt', private_key_file: file('key', pem as string) };
    expect(read(withOne(byKey)).connections[0]).toMatchObject({ tokenEndpointAuthMethod: 'private_key_jwt' });
  });

  it.each<[string, object, string]>([
    ['no name', { name: undefined }, 'login.connections[0].name'],
    ['a name with a slash', { name: 'a/b' }, 'login.connections[0].name'],
    ['the directory’s name', { name: 'ldap' }, 'login.connections[0].name'],
    ['an issuer over http', { issuer: 'http://op.company.example/' }, 'login.connections[0].issuer'],
    ['no secret', { client_secret: undefined }, 'login.connections[0].client_secret'],
    [
      'a secret in a file that is not there',
      { client_secret_file: '/nowhere' },
      'login.connections[0].client_secret_file',
    ],
    [
      'private_key_jwt without a key',
      { token_endpoint_auth_method: 'private_key_jwt' },
      'login.connections[0].private_key_file',
    ],
    [
      'an unknown method',
      { token_endpoint_auth_method: 'client_secret_jwt' },
      'login.connections[0].token_endpoint_auth_method',
    ],
    ['scopes without openid', { scopes: ['email'] }, 'login.connections[0].scopes'],
    ['a claim that only we can say', { claims: { sub: 'id' } }, 'login.connections[0].claims.sub'],
    ['an unknown setting', { isuer: 'x' }, 'login.connections[0].isuer'],
  ])('refuses %s', (_what, changes, path) => {
    expect(problemsOf(withOne(changes))).toEqual([expect.stringContaining(path)]);
  });

  it('refuses a key that is none, or of a kind that can not be used', () => {
    const secp = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).privateKey;
    for (const text of ['no key', secp.export({ type: 'pkcs8', format: 'pem' }) as string]) {
      const changes = { token_endpoint_auth_method: 'private_key_jwt', private_key_file: file('bad', text) };
      expect(problemsOf(withOne(changes)).join()).toContain('private_key_file');
    }
  });

  it('refuses a name twice, and the method without any connection', () => {
    const twice = { methods: ['upstream'], connections: [CONNECTION, CONNECTION] };
    expect(problemsOf(twice)).toEqual(['login.connections[1].name: stands twice']);
    expect(problemsOf({ methods: ['upstream'] })).toEqual([expect.stringContaining('login.connections')]);
  });
});

describe('the directory', () => {
  const withLdap = (changes: object): object => ({ methods: ['ldap'], ldap: { ...LDAP, ...changes } });

  it('accepts the shortest settings, and a password from a file', () => {
    expect(read(withLdap({})).ldap).toMatchObject({
      userFilter: '(uid={username})',
      idAttribute: 'entryUUID',
      startTls: false,
    });
    const given = { bind_dn: 'cn=reader,dc=example', bind_password_file: file('password', 'reads-42\n') };
    expect(read(withLdap(given)).ldap).toMatchObject({ bindPassword: 'reads-42' });
  });

  it('accepts StartTLS, and a directory on this machine without it', () => {
    expect(problemsOf(withLdap({ url: 'ldap://ldap.example', start_tls: true }))).toEqual([]);
    expect(problemsOf(withLdap({ url: 'ldap://localhost:389' }))).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['passwords in the clear', { url: 'ldap://ldap.example' }, 'login.ldap.start_tls'],
    ['StartTLS within TLS', { start_tls: true }, 'login.ldap.start_tls'],
    ['another kind of address', { url: 'https://ldap.example' }, 'login.ldap.url'],
    ['an address with a path', { url: 'ldaps://ldap.example/dc=example' }, 'login.ldap.url'],
    ['no address', { url: undefined }, 'login.ldap.url'],
    ['no base', { base_dn: undefined }, 'login.ldap.base_dn'],
    ['a filter without a name', { user_filter: '(uid=alice)' }, 'login.ldap.user_filter'],
    ['a filter that is none', { user_filter: '(uid={username}' }, 'login.ldap.user_filter'],
    ['a name without its password', { bind_dn: 'cn=reader' }, 'login.ldap.bind_dn'],
    ['a password without its name', { bind_password: 'x' }, 'login.ldap.bind_dn'],
    ['an authority in a file that is not there', { ca_file: '/nowhere' }, 'login.ldap.ca_file'],
    ['a claim that only we can say', { attributes: { amr: 'mail' } }, 'login.ldap.attributes.amr'],
  ])('refuses %s', (_what, changes, path) => {
    expect(problemsOf(withLdap(changes))).toEqual([expect.stringContaining(path)]);
  });

  it('refuses the method without settings', () => {
    expect(problemsOf({ methods: ['ldap'] })).toEqual([expect.stringContaining('login.ldap')]);
  });
});

it('refuses to echo a secret', () => {
  const marker = 'M4rk3r';
  const connections = [{ ...CONNECTION, name: 'a/b', client_secret: marker }];
  const told = problemsOf({ methods: ['upstream'], connections, ldap: { ...LDAP, bind_password: marker } });
  expect(told.length).toBeGreaterThan(1);
  expect(told.join()).not.toContain(marker);
});
