/** The four logout plans, and logins that a third party starts. What needs a real browser is shown by journeys. */
import { mirrorModules } from './mirror.js';
import { freePlans } from './plans.js';

mirrorModules(freePlans);
