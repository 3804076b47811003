/** Basic, implicit and hybrid: the three plans about the authorization endpoint, in their default response modes. */
import { mirrorModules } from './mirror.js';
import { flowPlans } from './plans.js';

mirrorModules(flowPlans('default'));
