/** The dynamic plan: registration, key rotation, request objects by reference; with private_key_jwt throughout. */
import { mirrorModules } from './mirror.js';
import { dynamicPlan } from './plans.js';

mirrorModules(dynamicPlan);
