#!/usr/bin/env node
import { migrate } from '@tandem/persistence';
import { readConfig } from './config.js';

const [command] = process.argv.slice(2);
if (command === 'migrate') {
  const done = await migrate(readConfig().database.url);
  console.log(done.length === 0 ? 'the schema is current' : `migrated: ${done.join(', ')}`);
} else {
  console.error('usage: tandem migrate');
  process.exitCode = 2;
}
