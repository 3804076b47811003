import { KeyObject } from 'node:crypto';
import { JwtSecretRequestType, type JwtModuleOptions, type JwtService } from '@nestjs/jwt';
import { InvalidKeyError } from './invalid-key-error.js';

/**
 * The only options that `@nestjs/jwt` gets: it verifies and signs nothing. Text or bytes that are no key would become an
 * HMAC secret in the library, so keys pass this gate as public KeyObjects or not at all.
 */
export const LIBRARY_OPTIONS: JwtModuleOptions = Object.freeze({
  secretOrKeyProvider(request: JwtSecretRequestType, _token: unknown, options: object = {}): KeyObject {
    const key: unknown = Reflect.get(options, 'publicKey');
    if (request === JwtSecretRequestType.VERIFY && key instanceof KeyObject && key.type === 'public') return key;
    throw new InvalidKeyError('a public KeyObject is needed');
  },
});

/** The library's type for a per-call public key lacks KeyObject, which it accepts and which is all we hand over. */
export const asLibraryPublicKey = (key: KeyObject): Buffer => key as unknown as Buffer;

const SECRETS = ['secret', 'secretOrPrivateKey', 'privateKey', 'publicKey', 'signOptions', 'verifyOptions'];

/** Refuses to start on a JwtService with other options: a left-over `secret` would win over the key pair. */
export function checkLibraryOptions(jwt: JwtService): JwtService {
  const options: unknown = Reflect.get(jwt, 'options');
  const own = typeof options === 'object' && options !== null ? options : {};
  if (Reflect.get(own, 'secretOrKeyProvider') !== LIBRARY_OPTIONS.secretOrKeyProvider) {
    throw new InvalidKeyError('JwtService must be configured by @tandem/jwt alone');
  }
  const unwanted = SECRETS.filter((name) => Reflect.get(own, name) !== undefined);
  if (unwanted.length > 0) throw new InvalidKeyError(`JwtService must have no ${unwanted.join(', ')}`);
  return jwt;
}
