import type { Client } from '@tandem/protocol';
import type { ClientSecrets } from '../client-secrets.js';
import { ClientSecretBasic } from './client-secret-basic.js';

/** What was compared last. */
let compared: string | undefined;
const secrets = {
  matches: (_client: Client | undefined, secret: string) => {
    compared = secret;
    return true;
  },
} as ClientSecrets;
const method = new ClientSecretBasic(secrets);
const presented = (authorization?: string): Parameters<ClientSecretBasic['prove']>[1] => ({
  authorization,
  form: new Map(),
  endpointUrl: 'https://op.example/oauth/token',
});
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('HTTP Basic', () => {
  it.each([
    ['plain', basic('web:secret'), 'web', 'secret'],
    ['in any case', `bAsIc ${Buffer.from('web:secret').toString('base64')}`, 'web', 'secret'],
    ['with several spaces', basic('web:secret').replace(' ', '   '), 'web', 'secret'],
    ['form-encoded (RFC 6749 §2.3.1)', basic('a%3Ab+c:s%25%2B%C3%A9'), 'a:b c', 's%+é'],
    ['a secret with colons', basic('web:a:b'), 'web', 'a:b'],
    ['an empty secret', basic('web:'), 'web', ''],
  ])('accepts credentials %s', async (_what, authorization, clientId, secret) => {
    expect(method.speaks(presented(authorization))).toBe(true);
    expect(method.clientId(presented(authorization))).toBe(clientId);
    await method.prove(undefined, presented(authorization));
    expect(compared).toBe(secret);
  });

  it.each([
    ['nothing', 'Basic'],
    ['spaces', 'Basic    '],
    ['no base64', 'Basic !!!'],
    ['base64url', `Basic ${Buffer.from('web:\xFF\xFE\xFB').toString('base64').replaceAll(/[+/]/g, '_')}_`],
    ['base64 without its padding', basic('web:secret1').replace(/=+$/, '')],
    ['base64 with something behind it', `${basic('web:secret')} x`],
    ['no colon', basic('web')],
    ['no client id', basic(':secret')],
    ['a broken escape in the id', basic('w%zz:secret')],
    ['a broken escape in the secret', basic('web:%')],
    ['bytes that are no UTF-8 in an escape', basic('web:%ff')],
    ['8 kB', basic(`web:${'a'.repeat(8_192)}`)],
  ])('refuses %s: the method speaks, and names nobody', (_what, authorization) => {
    expect(method.speaks(presented(authorization))).toBe(true);
    expect(method.clientId(presented(authorization))).toBeUndefined();
  });

  it.each([undefined, '', 'Bearer x', 'Basically x', 'Digest x'])('tells %j from Basic', (authorization) => {
    expect(method.speaks(presented(authorization))).toBe(false);
  });
});
