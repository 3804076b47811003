import { clientsDisable, clientsList } from './clients.js';
import type { Command } from './command.js';
import { eventsReplay } from './events.js';
import { grantsList, grantsRevoke, usersDisable } from './grants.js';
import { keysList, keysRotate } from './keys.js';
import { migrateCommand } from './migrate.js';
import { restored } from './restored.js';
import { usersResetSecondFactor } from './second-factor.js';

/** The one list of `tandem` commands. */
export const COMMANDS: readonly Command[] = [
  migrateCommand,
  keysList,
  keysRotate,
  clientsList,
  clientsDisable,
  usersDisable,
  usersResetSecondFactor,
  grantsList,
  grantsRevoke,
  eventsReplay,
  restored,
];
