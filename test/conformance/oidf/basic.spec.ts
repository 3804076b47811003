import { FLOW_MODULES } from './plans.js';
import { mirrorModules } from './mirror.js';

const variant = { responseType: 'code', clientAuthentication: 'client_secret_basic' } as const;

mirrorModules('basic', { ...variant, responseMode: 'default' }, FLOW_MODULES.code);
mirrorModules('form post basic', { ...variant, responseMode: 'form_post' }, FLOW_MODULES.code);
