import { migrate } from '@tandem/persistence';
import { readConfig } from '../config.js';
import type { Command } from './command.js';

export const migrateCommand: Command = {
  words: ['migrate'],
  usage: 'migrate                       bring the database schema up to date',
  async run() {
    const done = await migrate(readConfig().database.url);
    return done.length === 0 ? 'the schema is current' : `migrated: ${done.join(', ')}`;
  },
};
