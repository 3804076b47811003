import { aClient } from './builders.spec-support.js';
import { sectorOf, subjectFor } from './subject.js';

const KEY = Buffer.alloc(32, 7);
const pairwise = (host: string): ReturnType<typeof aClient> =>
  aClient({ subjectType: 'pairwise', redirectUris: [`https://${host}/cb`] });

describe('the subject', () => {
  it('shows the user id itself to public clients', () => {
    expect(subjectFor('usr_1', aClient(), KEY)).toBe('usr_1');
  });

  it('shows the same pairwise subject to clients of one sector and another to every other sector', () => {
    const subject = subjectFor('usr_1', pairwise('a.example'), KEY);
    expect(subjectFor('usr_1', { ...pairwise('a.example'), clientId: 'other' }, KEY)).toBe(subject);
    expect(subjectFor('usr_1', pairwise('b.example'), KEY)).not.toBe(subject);
    expect(subjectFor('usr_2', pairwise('a.example'), KEY)).not.toBe(subject);
    expect(subjectFor('usr_1', pairwise('a.example'), Buffer.alloc(32, 8))).not.toBe(subject);
  });

  it('shows nothing of the user id in a pairwise subject, and at most 255 ASCII characters', () => {
    expect(subjectFor('usr_1', pairwise('a.example'), KEY)).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('accepts the host of the sector_identifier_uri before that of the redirect_uri, without its port', () => {
    const client = { ...pairwise('a.example'), sectorIdentifierUri: 'https://sector.example:8443/uris.json' };
    expect(sectorOf(client)).toBe('sector.example');
    expect(sectorOf(pairwise('a.example:444'))).toBe('a.example');
  });

  it('accepts the client id as the sector of a client that has no address with a host', () => {
    expect(sectorOf(aClient({ redirectUris: [], clientId: 'svc' }))).toBe('svc');
    expect(sectorOf(aClient({ redirectUris: ['com.example.app:/cb'], clientId: 'app' }))).toBe('app');
  });
});
