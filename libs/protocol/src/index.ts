/**
 * The rules of OAuth 2.0 and OpenID Connect: pure and synchronous. It never awaits, never reads a clock, never rolls a
 * die and never sees HTTP: `now` and random values are arguments. Serves OIDC Core, RFC 6749, 7591, 7636, 8707, 9700.
 */
export * from './authorization-request/acr-wishes.js';
export * from './authorization-request/asked-audiences.js';
export * from './authorization-request/authorization-parameters.js';
export * from './authorization-request/authorization-request.js';
export * from './authorization-request/check-authorization-request.js';
export * from './authorization-request/checks/check.js';
export * from './authorization-request/checks/index.js';
export * from './authorization-request/choose-account.js';
export * from './authorization-request/decide-interaction.js';
export * from './authorization-request/return-address.js';
export * from './authentication-context.js';
export * from './check-authorization-code.js';
export * from './claim-types.js';
export * from './claims-request.js';
export * from './consent-entries.js';
export * from './client-registration/client-metadata.js';
export * from './client-registration/fields.js';
export * from './client-registration/read-client-metadata.js';
export * from './grant-bounds.js';
export * from './hashes.js';
export * from './language-tags.js';
export * from './merged-reach.js';
export * from './model/api.js';
export * from './model/client.js';
export * from './model/grant.js';
export * from './model/interaction.js';
export * from './model/jwk.js';
export * from './model/session.js';
export * from './model/user.js';
export * from './oauth-error.js';
export * from './redirect-uri.js';
export * from './response-type.js';
export * from './sensible-text.js';
export * from './subject.js';
export * from './user-claims.js';
export * from './words.js';
