import { checkPrimeSync, createPrivateKey, randomBytes, type KeyObject } from 'node:crypto';

const E = 65537n;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (a > 1n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return x < 0n ? x + modulus : x;
}

/** A prime as the faulty smart-card library made them: k*M + (65537^a mod M). */
function rocaPrime(m: bigint): bigint {
  for (;;) {
    const k = BigInt(`0x${randomBytes(100).toString('hex')}`) | (1n << 799n);
    // Fills up to 1024 bits, top bits set so that the product has 2048
    const size = 1024n - BigInt(m.toString(2).length);
    const factor = (3n << (size - 1n)) | (k & ((1n << (size - 2n)) - 1n));
    const prime = factor * m + power(E, BigInt(`0x${randomBytes(6).toString('hex')}`), m);
    if (prime.toString(2).length === 1024 && prime % E !== 1n && checkPrimeSync(prime)) return prime;
  }
}

const base64url = (value: bigint): string => {
  const hex = value.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

/** A working RSA key of 2048 bits with the ROCA weakness. */
export function rocaKey(): KeyObject {
  let m = 2n;
  for (let n = 3n; n <= 167n; n += 2n) if (checkPrimeSync(n)) m *= n;
  const [p, q] = [rocaPrime(m), rocaPrime(m)];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const members = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(members).map(([name, value]) => [name, base64url(value)]));
  return createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
}
