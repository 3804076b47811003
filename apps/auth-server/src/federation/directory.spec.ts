import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { startTlsAgreed, TestDirectory } from '@tandem/testing';
import type { DirectoryCertificate, TestDirectoryOptions } from '@tandem/testing';
import type { DeclaredConfiguration, LdapSettings } from '../declared-configuration/declared-configuration.js';
import { Directory, DirectoryUnavailable } from './directory.js';

interface Certificates {
  newAuthority(subject: string): DirectoryCertificate;
  newServerCertificate(authority: DirectoryCertificate, names: readonly string[]): DirectoryCertificate;
}
/** The deployment's own certificate maker is plain JavaScript. */
const CERTIFICATES = join(import.meta.dirname, '../../../../deploy/jobs/certificates.mjs');

const READER = { dn: 'cn=reader,dc=example', password: 'reads-42', attributes: { cn: 'reader' } };
const person = (uid: string, more: Readonly<Record<string, string | readonly string[]>> = {}) => ({
  dn: `uid=${uid},ou=people,dc=example`,
  password: `${uid}-secret`,
  attributes: { uid, cn: `Name of ${uid}`, entryUUID: `id-of-${uid}`, ...more },
});
const OPTIONS: TestDirectoryOptions = {
  baseDn: 'dc=example',
  reader: READER.dn,
  entries: [
    READER,
    person('erin', { mail: ['erin@example.com', 'e@example.com'], sn: 'Erin' }),
    person('twin', { mail: 'one@example.com' }),
    { ...person('twin2'), attributes: { uid: 'twin', cn: 'The other' } },
    { ...person('nobody'), attributes: { uid: 'nobody', cn: 'Without an id' } },
    ...['a', 'b', 'c'].map((suffix) => ({ ...person(`many-${suffix}`), attributes: { uid: 'many' } })),
  ],
};

const opened: TestDirectory[] = [];
const start = async (more: Partial<TestDirectoryOptions> = {}): Promise<TestDirectory> => {
  const directory = await TestDirectory.start({ ...OPTIONS, ...more });
  opened.push(directory);
  return directory;
};
afterEach(async () => {
  for (const directory of opened.splice(0)) await directory.stop();
});

const clientOf = ({ port }: { readonly port: number }, changes: Partial<LdapSettings> = {}): Directory => {
  const ldap: LdapSettings = {
    url: `ldap://127.0.0.1:${port}`,
    startTls: false,
    bindDn: READER.dn,
    bindPassword: READER.password,
    baseDn: 'dc=example',
    userFilter: '(uid={username})',
    idAttribute: 'entryUUID',
    claims: { email: 'mail', name: 'cn', family_name: 'sn' },
    displayName: 'Company',
    signUp: true,
    trustEmailVerified: true,
    timeoutSeconds: 2,
    ...changes,
  };
  return new Directory({ login: { methods: ['ldap'], connections: [], ldap } } as unknown as DeclaredConfiguration);
};

describe('a directory', () => {
  it('accepts the right password, tells the entry’s claims, and keeps no connection', async () => {
    const directory = await start();
    expect(await clientOf(directory).authenticate('erin', 'erin-secret')).toEqual({
      subject: 'id-of-erin',
      user: {
        email: 'erin@example.com',
        emailVerified: true,
        claims: { name: 'Name of erin', family_name: 'Erin' },
      },
    });
    for (const socket of directory.sockets) await once(socket, 'close');
    expect(directory.sockets.size).toBe(0);
  });

  it('refuses a wrong password and an unknown name after the same questions', async () => {
    const directory = await start();
    expect(await clientOf(directory).authenticate('erin', 'wrong')).toBeUndefined();
    const known = directory.asked.splice(0);
    expect(await clientOf(directory).authenticate('unknown', 'wrong')).toBeUndefined();
    expect(directory.asked.map((line) => line.split(' ')[0])).toEqual(known.map((line) => line.split(' ')[0]));
    expect(known).toHaveLength(3);
  });

  it('refuses an empty password without asking, since a directory would accept it', async () => {
    const directory = await start();
    expect(await clientOf(directory).authenticate('erin', '')).toBeUndefined();
    expect(directory.asked).toEqual([]);
  });

  it.each(['*', 'er*', 'erin)(cn=*', '*)(|(uid=*', 'erin\\', '\\65rin', 'erin)', '(', 'erin\u0000', '$&', 'ërin'])(
    'refuses the name %j as a name and nothing else',
    async (name) => {
      const directory = await start();
      expect(await clientOf(directory).authenticate(name, 'erin-secret')).toBeUndefined();
      const [filter = ''] = directory.asked.filter((line) => line.startsWith('search '));
      expect(filter).toMatch(/^search EqualityFilter \(uid=/);
    },
  );

  it.each(['twin', 'many'])('refuses a name that is not one entry’s alone: %s', async (name) => {
    const directory = await start();
    expect(await clientOf(directory).authenticate(name, `${name}-secret`)).toBeUndefined();
  });

  it('tells the distinguished name where that is the id', async () => {
    const client = clientOf(await start(), { idAttribute: 'dn' });
    expect(await client.authenticate('nobody', 'nobody-secret')).toMatchObject({
      subject: 'uid=nobody,ou=people,dc=example',
      user: { email: '', emailVerified: false },
    });
  });
});

describe('a directory that can not be asked', () => {
  it.each<[string, Partial<LdapSettings>]>([
    ['our own password is wrong', { bindPassword: 'wrong' }],
    ['nobody may search without a name', { bindDn: undefined, bindPassword: undefined } as Partial<LdapSettings>],
    ['it speaks no TLS', { startTls: true }],
  ])('is told from a wrong password when %s', async (_why, changes) => {
    const client = clientOf(await start(), changes);
    await expect(client.authenticate('erin', 'erin-secret')).rejects.toBeInstanceOf(DirectoryUnavailable);
  });

  it('is told from a wrong password when the entry has no id', async () => {
    await expect(clientOf(await start()).authenticate('nobody', 'nobody-secret')).rejects.toBeInstanceOf(
      DirectoryUnavailable,
    );
  });

  it('is told when nobody listens, and when nobody answers', async () => {
    const { port } = await start();
    await opened.splice(0)[0]?.stop();
    await expect(clientOf({ port }).authenticate('erin', 'x')).rejects.toBeInstanceOf(DirectoryUnavailable);
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const client = clientOf(silent.address() as AddressInfo, { timeoutSeconds: 1 });
    await expect(client.authenticate('erin', 'x')).rejects.toBeInstanceOf(DirectoryUnavailable);
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe('TLS', () => {
  let authority: DirectoryCertificate;
  let ours: DirectoryCertificate;
  let foreign: DirectoryCertificate;
  let others: DirectoryCertificate;
  beforeAll(async () => {
    const maker = (await import(CERTIFICATES)) as Certificates;
    authority = maker.newAuthority('Test authority');
    ours = maker.newServerCertificate(authority, ['localhost']);
    others = maker.newServerCertificate(authority, ['other.localhost']);
    foreign = maker.newServerCertificate(maker.newAuthority('Somebody else'), ['localhost']);
  });

  describe.each([
    ['ldaps', false],
    ['StartTLS', true],
  ])('by %s', (_name, startTls) => {
    const settings = (port: number): Partial<LdapSettings> => ({
      url: `${startTls ? 'ldap' : 'ldaps'}://localhost:${port}`,
      startTls,
    });

    it('accepts a certificate of the authority that is named', async () => {
      const directory = await start({ tls: { ...ours, startTls } });
      const client = clientOf(directory, { ...settings(directory.port), ca: authority.certificate });
      expect(await client.authenticate('erin', 'erin-secret')).toMatchObject({ subject: 'id-of-erin' });
      expect(await client.authenticate('erin', 'wrong')).toBeUndefined();
    });

    it('refuses another authority’s, one for another name, and any when none is named; no password is sent', async () => {
      for (const [certificate, ca] of [
        [foreign, authority.certificate],
        [others, authority.certificate],
        [ours, undefined],
      ] as const) {
        const directory = await start({ tls: { ...certificate, startTls } });
        const client = clientOf(directory, { ...settings(directory.port), ...(ca === undefined ? {} : { ca }) });
        await expect(client.authenticate('erin', 'erin-secret')).rejects.toBeInstanceOf(DirectoryUnavailable);
        expect(directory.asked).toEqual([]);
      }
    });
  });

  it('sends no password in the clear when the directory hangs up after StartTLS was agreed', async () => {
    const received: Buffer[] = [];
    let connections = 0;
    const hostile = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        received.push(bytes);
        if (received.length === 1) socket.write(startTlsAgreed(bytes));
        else socket.destroy();
      });
    });
    await once(hostile.listen(0, '127.0.0.1'), 'listening');
    const client = clientOf(hostile.address() as AddressInfo, { startTls: true });
    await expect(client.authenticate('erin', 'erin-secret')).rejects.toBeInstanceOf(DirectoryUnavailable);
    expect(connections).toBe(1);
    expect(Buffer.concat(received).toString('latin1')).not.toMatch(/erin-secret|reads-42/);
    hostile.close();
  });
});
