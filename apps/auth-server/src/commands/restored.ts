import { AuditStore, RestoreStore } from '@tandem/persistence';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import type { Command } from './command.js';

export const restored: Command = {
  words: ['restored'],
  usage:
    'restored                      after a restore, before any server starts: end every session and grant, replace all keys',
  async run({ app }) {
    const context = await app();
    const { sessions, grants } = await context.get(RestoreStore).endEverything();
    await context.get(SigningKeys).replaceAll();
    await context.get(AuditStore).write([{ type: 'database.restored', detail: { sessions, grants } }]);
    return `ended ${sessions} sessions and ${grants} grants; every signing key is withdrawn and replaced`;
  },
};
