import { hash, sign } from 'node:crypto';
import type { Alg } from '../load/relying-party.js';
import { CLIENT, privateKeyOf } from './peer-settings.js';
import type { PeerSettings } from './peer-settings.js';

export const sha256 = (text: string): string => hash('sha256', text, 'base64url');
export const halfHash = (text: string): string => hash('sha256', text, 'buffer').subarray(0, 16).toString('base64url');

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export type Sign = (claims: object) => string;

/** One-shot signing with a ready key and a ready header: nothing does it with less. */
export function signers({
  keys,
}: PeerSettings): (clientId: string) => { readonly idToken: Sign; readonly accessToken: Sign } {
  const of = (alg: Alg) => {
    const key = privateKeyOf(keys[alg]);
    const option = alg === 'ES256' ? ({ key, dsaEncoding: 'ieee-p1363' } as const) : key;
    const signer = (typ: string): Sign => {
      const header = encode({ alg, typ, kid: keys[alg].kid });
      return (claims) => {
        const input = `${header}.${encode(claims)}`;
        return `${input}.${sign('sha256', Buffer.from(input), option).toString('base64url')}`;
      };
    };
    return { idToken: signer('JWT'), accessToken: signer('at+jwt') };
  };
  const [rs256, es256] = [of('RS256'), of('ES256')];
  return (clientId) => (clientId === CLIENT.ES256 ? es256 : rs256);
}
