import { migrateOrders } from '@tandem/persistence';
import { readConfig } from './config.js';

const done = await migrateOrders(readConfig().databaseUrl);
console.log(done.length === 0 ? 'the schema is current' : `migrated: ${done.join(', ')}`);
