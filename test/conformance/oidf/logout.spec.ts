/** The four logout plans, and logins that a third party starts. What needs a real browser is shown by journeys. */
import { mirrorModules } from './mirror.js';
import { logoutPlans, thirdPartyLoginPlan } from './plans.js';

mirrorModules([...thirdPartyLoginPlan, ...logoutPlans('dynamic')]);
