/** Basic, implicit, hybrid and dynamic: the plans about registration, authorization and tokens, in default response modes. */
import { mirrorModules } from './mirror.js';
import { dynamicPlan, flowPlans } from './plans.js';

mirrorModules([...flowPlans('default', 'dynamic'), ...dynamicPlan]);
