import { nkeys } from '@nats-io/transport-node';

/** An nkey user: the seed is the secret, the public key goes into the server's configuration. */
export interface NatsUser {
  readonly seed: string;
  readonly publicKey: string;
}

/** A new user with a random key. */
export function generateNatsUser(): NatsUser {
  const pair = nkeys.createUser();
  return { seed: new TextDecoder().decode(pair.getSeed()), publicKey: pair.getPublicKey() };
}

/** The public key of a seed that was generated before. */
export const publicKeyOf = (seed: string): string =>
  nkeys.fromSeed(new TextEncoder().encode(seed.trim())).getPublicKey();
