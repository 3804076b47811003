import { CHALLENGE } from '../../builders.spec-support.js';
import { client, table } from './check-table.spec-support.js';
import { idTokenHint } from './id-token-hint.js';
import { nonce } from './nonce.js';
import { pkce } from './pkce.js';

table('nonce', nonce, [
  ['a nonce with an ID token', {}, undefined],
  ['code id_token without nonce', { nonce: undefined }, 'invalid_request'],
  ['code id_token with an empty nonce', { nonce: '' }, 'invalid_request'],
  ['id_token without nonce', { nonce: undefined, response_type: 'id_token' }, 'invalid_request'],
  ['code id_token token without nonce', { nonce: undefined, response_type: 'code id_token token' }, 'invalid_request'],
  ['code without nonce', { nonce: undefined, response_type: 'code' }, undefined],
  ['code token without nonce', { nonce: undefined, response_type: 'code token' }, undefined],
]);

const S256 = { code_challenge: CHALLENGE, code_challenge_method: 'S256' };
const code = { response_type: 'code' };
table('PKCE', pkce, [
  ['no challenge of a confidential client', code, undefined],
  ['S256', { ...code, ...S256 }, undefined],
  ['S256 with hybrid', S256, undefined],
  ['no challenge of a public client', code, 'invalid_request', client({ tokenEndpointAuthMethod: 'none' })],
  ['no challenge where PKCE is required', {}, 'invalid_request', client({ requirePkce: true })],
  ['no challenge of a fapi2 client', code, 'invalid_request', client({ profile: 'fapi2' })],
  ['no challenge without a code', { response_type: 'id_token' }, undefined, client({ requirePkce: true })],
  ['plain', { ...S256, code_challenge_method: 'plain' }, 'invalid_request'],
  ['an absent method, which means plain', { code_challenge: CHALLENGE }, 'invalid_request'],
  ['s256 in lower case', { ...S256, code_challenge_method: 's256' }, 'invalid_request'],
  ['a method without a challenge', { code_challenge_method: 'S256' }, 'invalid_request'],
  ['an empty challenge', { ...S256, code_challenge: '' }, 'invalid_request'],
  ['a challenge of 42 characters', { ...S256, code_challenge: CHALLENGE.slice(1) }, 'invalid_request'],
  ['a challenge of 44 characters', { ...S256, code_challenge: `${CHALLENGE}A` }, 'invalid_request'],
  ['a padded challenge', { ...S256, code_challenge: `${CHALLENGE}=` }, 'invalid_request'],
  ['a challenge in plain base64', { ...S256, code_challenge: CHALLENGE.replaceAll('-', '+') }, 'invalid_request'],
]);

table('id_token_hint', idTokenHint, [
  ['none at all', {}, undefined],
  ['one of ours', {}, undefined, { hint: { sub: 'usr_1' } }],
  ['a forged one', {}, 'invalid_request', { hint: 'invalid' }],
]);
