import type { Mirrored } from './mirror.js';
import { brings, RESPONSE_TYPES } from './relying-party/variant.js';
import type { Registration, ResponseMode, ResponseType, Variant } from './relying-party/variant.js';
import { words } from './relying-party/words.js';

/** Modules in every flow. */
const EVERY_FLOW = [
  'oidcc-server',
  'oidcc-idtoken-signature',
  'oidcc-scope-profile',
  'oidcc-scope-email',
  'oidcc-scope-address',
  'oidcc-scope-phone',
  'oidcc-scope-all',
  'oidcc-display-page',
  'oidcc-display-popup',
  'oidcc-prompt-login',
  'oidcc-prompt-none-not-logged-in',
  'oidcc-prompt-none-logged-in',
  'oidcc-max-age-1',
  'oidcc-max-age-10000',
  'oidcc-ensure-request-with-unknown-parameter-succeeds',
  'oidcc-id-token-hint',
  'oidcc-login-hint',
  'oidcc-ui-locales',
  'oidcc-claims-locales',
  'oidcc-ensure-request-with-acr-values-succeeds',
  'oidcc-ensure-registered-redirect-uri',
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
  'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
  'oidcc-claims-essential',
  'oidcc-ensure-request-object-with-redirect-uri',
];

const USERINFO = ['oidcc-userinfo-get', 'oidcc-userinfo-post-header', 'oidcc-userinfo-post-body'];

const WITH_CODE = [
  'oidcc-codereuse',
  'oidcc-codereuse-30seconds',
  'oidcc-server-client-secret-post',
  'oidcc-refresh-token',
];

/** Run once in a plan, not for every response type. */
const ONCE_IN_A_PLAN = ['oidcc-response-type-missing', 'oidcc-alternate-happy-flow'];
const ONCE_WITH_CODE = [...ONCE_IN_A_PLAN, 'oidcc-ensure-request-with-valid-pkce-succeeds'];

const WITHOUT_NONCE_FAILS = 'oidcc-ensure-request-without-nonce-fails';
const WITHOUT_NONCE_SUCCEEDS = 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow';

const hybrid = [...EVERY_FLOW, ...USERINFO, ...WITH_CODE];

/** Which modules the basic, implicit and hybrid plans (and their form post twins) run for a response type. */
const FLOW_MODULES: Readonly<Record<ResponseType, readonly string[]>> = {
  code: [
    ...hybrid,
    ...ONCE_WITH_CODE,
    WITHOUT_NONCE_SUCCEEDS,
    'oidcc-idtoken-unsigned',
    'oidcc-ensure-post-request-succeeds',
  ],
  'code id_token': [...hybrid, ...ONCE_WITH_CODE, WITHOUT_NONCE_FAILS],
  'code token': [...hybrid, WITHOUT_NONCE_SUCCEEDS],
  'code id_token token': [...hybrid, WITHOUT_NONCE_FAILS],
  id_token: [...EVERY_FLOW, WITHOUT_NONCE_FAILS, 'oidcc-alternate-happy-flow'],
  'id_token token': [...EVERY_FLOW, ...USERINFO, ...ONCE_IN_A_PLAN, WITHOUT_NONCE_FAILS],
};

const DYNAMIC = [
  'oidcc-idtoken-rs256',
  'oidcc-ensure-redirect-uri-in-authorization-request',
  'oidcc-redirect-uri-query-OK',
  'oidcc-redirect-uri-query-mismatch',
  'oidcc-redirect-uri-query-added',
  'oidcc-redirect-uri-regfrag',
  'oidcc-discovery-endpoint-verification',
  'oidcc-server',
  'oidcc-registration-logo-uri',
  'oidcc-registration-policy-uri',
  'oidcc-registration-tos-uri',
  'oidcc-registration-sector-uri',
  'oidcc-registration-sector-bad',
  'oidcc-server-rotate-keys',
  'oidcc-request-uri-unsigned',
  'oidcc-request-uri-signed-rs256',
  'oidcc-ensure-request-object-with-redirect-uri',
  'oidcc-ensure-client-assertion-with-iss-aud-succeeds',
];

/** Which modules the dynamic plan runs for a response type. */
const dynamicModules = (responseType: ResponseType): readonly string[] => [
  ...DYNAMIC,
  ...(responseType === 'id_token' ? [] : ['oidcc-userinfo-rs256']),
  ...(brings(responseType, 'code')
    ? ['oidcc-registration-jwks-uri', 'oidcc-refresh-token-rp-key-rotation', 'oidcc-refresh-token']
    : []),
  ...(responseType === 'code' || responseType === 'code token' ? ['oidcc-idtoken-unsigned'] : []),
];

const FLOW_PLANS: readonly { readonly plan: string; readonly responseTypes: readonly ResponseType[] }[] = [
  { plan: 'basic', responseTypes: ['code'] },
  { plan: 'implicit', responseTypes: ['id_token', 'id_token token'] },
  { plan: 'hybrid', responseTypes: ['code id_token', 'code token', 'code id_token token'] },
];

/** Modules that need a registration of their own: the suite leaves them out where clients are registered beforehand. */
const DYNAMIC_ONLY = [
  'oidcc-idtoken-signature',
  'oidcc-idtoken-unsigned',
  'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
];

const forRegistration = (names: readonly string[], registration: Registration): readonly string[] =>
  registration === 'dynamic' ? names : names.filter((name) => !DYNAMIC_ONLY.includes(name));

/** Basic, implicit and hybrid, or their form post twins. */
export const flowPlans = (responseMode: ResponseMode, registration: Registration): readonly Mirrored[] =>
  FLOW_PLANS.flatMap(({ plan, responseTypes }) =>
    responseTypes.map((responseType) => ({
      plan: responseMode === 'form_post' ? `form post ${plan}` : plan,
      variant: { responseType, responseMode, clientAuthentication: 'client_secret_basic', registration },
      names: forRegistration(FLOW_MODULES[responseType], registration),
    })),
  );

export const dynamicPlan: readonly Mirrored[] = RESPONSE_TYPES.map((responseType) => ({
  plan: 'dynamic',
  variant: {
    responseType,
    responseMode: 'default',
    clientAuthentication: 'private_key_jwt',
    registration: 'dynamic',
  },
  names: dynamicModules(responseType),
}));

const RP_INITIATED_LOGOUT = [
  'oidcc-rp-initiated-logout',
  ...words(`
    discovery-endpoint-verification bad-post-logout-redirect-uri query-added-to-post-logout-redirect-uri
    bad-id-token-hint modified-id-token-hint no-id-token-hint no-params no-post-logout-redirect-uri no-state only-state
  `).map((suffix) => `oidcc-rp-initiated-logout-${suffix}`),
];

const notification = (profile: string, name = `${profile}-logout`): readonly string[] => [
  `oidcc-${name}-discovery-endpoint-verification`,
  `oidcc-${profile}-rp-initiated-logout`,
];

/** With and without a code, a token, an ID token from the front channel. */
const LOGOUT_RESPONSE_TYPES: readonly ResponseType[] = ['code', 'code id_token', 'id_token token'];

const usual = (registration: Registration): Variant => ({
  responseType: 'code',
  responseMode: 'default',
  clientAuthentication: 'client_secret_basic',
  registration,
});

/** The logout plans; their response type is free. */
export const logoutPlans = (registration: Registration): readonly Mirrored[] =>
  [
    { plan: 'RP-initiated logout', names: RP_INITIATED_LOGOUT },
    { plan: 'back-channel logout', names: notification('backchannel') },
    { plan: 'front-channel logout', names: notification('frontchannel') },
    { plan: 'session management', names: notification('session-management', 'session-management') },
  ].flatMap((plan) =>
    LOGOUT_RESPONSE_TYPES.map((responseType) => ({ ...plan, variant: { ...usual(registration), responseType } })),
  );

export const thirdPartyLoginPlan: readonly Mirrored[] = [
  {
    plan: '3rd-party-initiated login',
    variant: usual('dynamic'),
    names: ['oidcc-3rd_party-init-login', 'oidcc-3rd_party-init-login-nohttps'],
  },
];

export const configPlan: readonly Mirrored[] = [
  { plan: 'config', variant: usual('static'), names: ['oidcc-discovery-endpoint-verification'] },
];
