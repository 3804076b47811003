import { clientsDisable, clientsList } from './clients.js';
import type { Command } from './command.js';
import { eventsReplay } from './events.js';
import { grantsList, grantsRevoke, usersDisable } from './grants.js';
import { keysList, keysRotate } from './keys.js';
import { migrateCommand } from './migrate.js';

/** The one list of `tandem` commands. */
export const COMMANDS: readonly Command[] = [
  migrateCommand,
  keysList,
  keysRotate,
  clientsList,
  clientsDisable,
  usersDisable,
  grantsList,
  grantsRevoke,
  eventsReplay,
];
