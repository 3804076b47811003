/** Every plan that allows it, once more with clients that the operator declared: nothing registers itself here. */
import { mirrorModules } from './mirror.js';
import { flowPlans, logoutPlans } from './plans.js';

mirrorModules([...flowPlans('default', 'static'), ...flowPlans('form_post', 'static'), ...logoutPlans('static')]);
