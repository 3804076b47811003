import { SigningKeyStore } from '@tandem/persistence';
import { isSigningAlg } from '@tandem/jwt';
import { HASTY_SECONDS, SigningKeys } from '../signing-keys/signing-keys.js';
import type { Command } from './command.js';

export const keysList: Command = {
  words: ['keys', 'list'],
  usage: 'keys list                     signing keys with their state',
  async run({ app }) {
    const keys = await (await app()).get(SigningKeyStore).all();
    return keys
      .map(
        ({ kid, alg, activeFrom, retiredAt }) =>
          `${alg}\t${kid}\t${retiredAt === null ? `active from ${activeFrom.toISOString()}` : `retired ${retiredAt.toISOString()}`}`,
      )
      .join('\n');
  },
};

export const keysRotate: Command = {
  words: ['keys', 'rotate'],
  usage:
    'keys rotate [ALG] [--now]     publish new signing keys; they sign once every copy of the key set is fresh, or in two seconds',
  async run({ app, args }) {
    const alg = args.find(isSigningAlg);
    const now = args.includes('--now');
    const keys = (await app()).get(SigningKeys);
    await keys.rotate({ ...(alg === undefined ? {} : { alg }), ...(now ? { delaySeconds: HASTY_SECONDS } : {}) });
    return `published ${alg ?? 'a new key for every algorithm'}; ${now ? 'signing with it in two seconds' : 'signing with it in five minutes'}`;
  },
};
