/** The config plan: what the discovery document must say to clients that were registered beforehand. */
import { mirrorModules } from './mirror.js';
import { CONFIG_MODULES } from './modules/discovery.js';
import { configPlan } from './plans.js';

mirrorModules(configPlan, CONFIG_MODULES);
