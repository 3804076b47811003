import { createPrivateKey } from 'node:crypto';
import * as oidc from 'openid-client';
import type { DeclaredConnection } from '../declared-configuration/declared-configuration.js';

const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/** How we show another provider that we are its client (OIDC Core §9). */
export async function clientCredential({
  tokenEndpointAuthMethod,
  clientSecret = '',
  privateKey = '',
  keyId,
}: DeclaredConnection): Promise<oidc.ClientAuth> {
  switch (tokenEndpointAuthMethod) {
    case 'client_secret_basic':
      return oidc.ClientSecretBasic(clientSecret);
    case 'client_secret_post':
      return oidc.ClientSecretPost(clientSecret);
    case 'none':
      return oidc.None();
    case 'private_key_jwt': {
      const key = createPrivateKey(privateKey);
      const algorithm = key.asymmetricKeyType === 'rsa' ? RS256 : ES256;
      const der = key.export({ type: 'pkcs8', format: 'der' });
      const imported = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
      return oidc.PrivateKeyJwt(keyId === undefined ? imported : { key: imported, kid: keyId });
    }
  }
}
