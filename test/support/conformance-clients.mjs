/**
 * Clients that were registered beforehand, for the conformance plans that are run with such: the declared configuration
 * holds them. Plain JavaScript, since the global set-up reads it.
 */
const RP_ORIGIN = 'https://rp.conformance.example';
const PARTS = ['code', 'code id_token', 'code token', 'code id_token token', 'id_token', 'id_token token'];

const client = (name, more = {}) => ({
  client_id: `conformance-${name}`,
  client_name: `Conformance ${name}`,
  client_secret: `conformance-${name}-secret_with-signs-0001`,
  token_endpoint_auth_method: 'client_secret_basic',
  redirect_uris: [`${RP_ORIGIN}/${name}/callback`],
  post_logout_redirect_uris: [`${RP_ORIGIN}/${name}/logged-out`],
  response_types: PARTS,
  grant_types: ['authorization_code', 'implicit', 'refresh_token'],
  id_token_profile_claims: false,
  ...more,
});

/** `siteOrigin` is where the relying party's own site will listen; the first client may ask for tokens for `audiences`. */
export const conformanceClients = ({ siteOrigin, audiences }) => [
  client('first', { audiences }),
  client('second'),
  client('post', { token_endpoint_auth_method: 'client_secret_post' }),
  client('unsigned-requests', { request_object_signing_alg: 'none' }),
  client('back-channel', {
    backchannel_logout_uri: `${siteOrigin}/backchannel`,
    backchannel_logout_session_required: true,
  }),
  client('front-channel', {
    frontchannel_logout_uri: `${RP_ORIGIN}/frontchannel`,
    frontchannel_logout_session_required: true,
  }),
];
