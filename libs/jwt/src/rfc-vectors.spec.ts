import { createPrivateKey, sign } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { reasonOf } from './forge.spec-support.js';
import { thumbprint, type PublicJwk } from './keys/public-jwk.js';
import { LIBRARY_OPTIONS } from './library-options.js';
import { signatureRefusal } from './tokens/signature.js';
import { TokenVerifier } from './tokens/token-verifier.js';

const verifier = TokenVerifier.create();
const PAYLOAD = 'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';
const JUST_BEFORE = 1_300_819_000;

const A2_KEY: PublicJwk = {
  kty: 'RSA',
  e: 'AQAB',
  n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
};
const A2_TOKEN = `eyJhbGciOiJSUzI1NiJ9.${PAYLOAD}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`;
const A3_KEY: PublicJwk = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
};
const A3_TOKEN = `eyJhbGciOiJFUzI1NiJ9.${PAYLOAD}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`;
const ED_KEY: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
const ED_INPUT = 'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc';
const ED_SIGNATURE = 'hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';

describe('the vectors of the standards', () => {
  it.each([
    ['RFC 7515 A.2', A2_TOKEN, A2_KEY, 'RS256'],
    ['RFC 7515 A.3', A3_TOKEN, A3_KEY, 'ES256'],
  ])('accepts %s', (_name, token, key, alg) => {
    const { claims } = verifier.verify('request_object', token, { keys: [key], algorithms: [alg], now: JUST_BEFORE });
    expect(claims).toEqual({ iss: 'joe', exp: 1_300_819_380, 'http://example.com/is_root': true });
  });

  it('refuses RFC 7515 A.2 after its expiry', () => {
    const options = { keys: [A2_KEY], algorithms: ['RS256'], now: 1_300_819_380 };
    expect(reasonOf(() => verifier.verify('request_object', A2_TOKEN, options))).toBe('expired');
  });

  it('accepts the signature of RFC 8037 A.4 and refuses its payload, which is no JSON', () => {
    const token = `${ED_INPUT}.${ED_SIGNATURE}`;
    const signed = {
      token,
      signature: Buffer.from(ED_SIGNATURE, 'base64url'),
      alg: 'EdDSA',
      now: JUST_BEFORE,
      ignoreExpiration: false,
    } as const;
    expect(signatureRefusal(new JwtService(LIBRARY_OPTIONS), signed, ED_KEY)).toBeUndefined();
    const options = { keys: [ED_KEY], algorithms: ['EdDSA'], now: JUST_BEFORE };
    expect(reasonOf(() => verifier.verify('request_object', token, options))).toBe('malformed');
  });

  it('issues the signature of RFC 8037 A.4 from its private key', () => {
    const key = createPrivateKey({
      key: { ...ED_KEY, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' },
      format: 'jwk',
    });
    expect(sign(null, Buffer.from(ED_INPUT), key).toString('base64url')).toBe(ED_SIGNATURE);
  });

  it('tells the thumbprints of RFC 7638 §3.1 and RFC 8037 A.3', () => {
    const jwk = {
      kty: 'RSA',
      n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
      e: 'AQAB',
      alg: 'RS256',
      kid: '2011-04-29',
    };
    expect(thumbprint(jwk)).toBe('NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs');
    expect(thumbprint(ED_KEY)).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });
});
