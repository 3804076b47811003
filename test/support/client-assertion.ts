import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { DEMO } from '@tandem/dev';

/** The demo's client that authenticates by a private key. */
export const PRIVATE_KEY_CLIENT = 'demo-web-pkjwt';

/** Parameters by which it authenticates once (RFC 7523 §2.2). */
export async function clientAssertion(audience: string): Promise<Readonly<Record<string, string>>> {
  const jwk = JSON.parse(readFileSync(DEMO.clientKeyFile, 'utf8')) as JWK & { kid: string };
  const assertion = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid })
    .setIssuer(PRIVATE_KEY_CLIENT)
    .setSubject(PRIVATE_KEY_CLIENT)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime('1 minute')
    .sign(await importJWK(jwk, 'ES256'));
  return {
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  };
}
