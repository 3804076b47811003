/** The form post twins of basic, implicit and hybrid: the same modules, every response and error by a form. */
import { mirrorModules } from './mirror.js';
import { flowPlans } from './plans.js';

mirrorModules(flowPlans('form_post', 'dynamic'));
