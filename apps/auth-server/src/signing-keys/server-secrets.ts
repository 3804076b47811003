import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { SecretStore } from '@tandem/persistence';
import type { AuthServerConfig } from '../config.js';
import { CONFIG } from '../tokens.js';

const NAMES = ['pairwise', 'client-secret', 'refresh', 'csrf', 'proof', 'sealing'] as const;
type SecretName = (typeof NAMES)[number];

/** Seals with AES-256-GCM: nonce ‖ tag ‖ ciphertext, bound to its name. */
function seal(name: string, secret: Buffer, kek: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', kek, nonce).setAAD(Buffer.from(`secrets|${name}`));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function open(name: string, sealed: Buffer, keks: readonly Buffer[]): Buffer {
  for (const kek of keks) {
    try {
      const decipher = createDecipheriv('aes-256-gcm', kek, sealed.subarray(0, 12)).setAAD(
        Buffer.from(`secrets|${name}`),
      );
      decipher.setAuthTag(sealed.subarray(12, 28));
      return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
    } catch {
      // The next key may fit.
    }
  }
  throw new Error(
    `the stored secret ${name} can not be opened: is KEY_ENCRYPTION_KEY_FILE the one it was sealed under?`,
  );
}

/** Keys of ours that never sign. They are random, made at the first start, and sealed under the key-encryption key. */
@Injectable()
export class ServerSecrets {
  private readonly held = new Map<SecretName, Buffer>();

  constructor(
    private readonly store: SecretStore,
    @Inject(CONFIG) private readonly config: AuthServerConfig,
  ) {}

  async load(): Promise<void> {
    const [kek] = this.config.keyEncryptionKeys;
    if (kek === undefined) throw new Error('there is no key-encryption key');
    for (const name of NAMES) {
      const sealed = await this.store.findOrAdd(name, seal(name, randomBytes(32), kek));
      this.held.set(name, open(name, sealed, this.config.keyEncryptionKeys));
    }
  }

  /** Seals what is ours to read again, for one purpose: it opens for no other. */
  seal(purpose: string, plain: Buffer): Buffer {
    return seal(purpose, plain, this.key('sealing'));
  }

  /** @throws Error when it was sealed for another purpose or under another key, or was changed. */
  open(purpose: string, sealed: Buffer): Buffer {
    return open(purpose, sealed, [this.key('sealing')]);
  }

  /** HMAC-SHA256 of a value under one of the keys. */
  mac(name: SecretName, value: string): Buffer {
    return createHmac('sha256', this.key(name)).update(value).digest();
  }

  key(name: SecretName): Buffer {
    const key = this.held.get(name);
    if (key === undefined) throw new Error('the secrets are not loaded yet');
    return key;
  }
}
