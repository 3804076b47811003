import {
  aCheckInput,
  aClient,
  anApi,
  CHALLENGE,
  refusalOf,
  type FormChanges,
} from '../../builders.spec-support.js';
import type { Client } from '../../model/client.js';
import { audience } from './audience.js';
import type { Check, CheckInput } from './check.js';
import { claims } from './claims.js';
import { grantManagement } from './grant-management.js';
import { idTokenHint } from './id-token-hint.js';
import { AUTHORIZATION_CHECKS } from './index.js';
import { lengths } from './lengths.js';
import { maxAge } from './max-age.js';
import { nonce } from './nonce.js';
import { pkce } from './pkce.js';
import { prompt } from './prompt.js';
import { repetition } from './repetition.js';
import { responseMode } from './response-mode.js';
import { responseType } from './response-type.js';
import { scope } from './scope.js';

type Row = readonly [string, FormChanges, string | undefined, Partial<CheckInput>?];

/** One check alone against rows of: what is special, the parameters, the refusal (undefined: it holds), what else is known. */
function table(name: string, check: Check, rows: readonly Row[]): void {
  describe(`the check of ${name}`, () => {
    it.each(rows.filter(([, , refusal]) => refusal === undefined))('accepts %s', (_what, changes, _refusal, more) => {
      expect(refusalOf(() => check(aCheckInput(changes, more)))).toBeUndefined();
    });
    it.each(rows.filter(([, , refusal]) => refusal !== undefined))('refuses %s', (_what, changes, refusal, more) => {
      expect(refusalOf(() => check(aCheckInput(changes, more)))).toBe(refusal);
    });
  });
}
const client = (changes: Partial<Client>): Partial<CheckInput> => ({ client: aClient(changes) });

table('repetition', repetition, [
  ['parameters sent once', {}, undefined],
  ['a repeated state', { state: ['a', 'b'] }, 'invalid_request'],
  ['a repeated scope, even the same', { scope: ['openid', 'openid'] }, 'invalid_request'],
  ['a repeated nonce', { nonce: ['a', 'b'] }, 'invalid_request'],
  ['several resources', { resource: ['a:b', 'c:d'] }, undefined],
]);

table('lengths', lengths, [
  ['a state of 2048 characters', { state: 's'.repeat(2_048) }, undefined],
  ['a longer state', { state: 's'.repeat(2_049) }, 'invalid_request'],
  ['a nonce of 512 characters', { nonce: 'n'.repeat(512) }, undefined],
  ['a longer nonce', { nonce: 'n'.repeat(513) }, 'invalid_request'],
  ['a long login_hint', { login_hint: 'l'.repeat(513) }, 'invalid_request'],
  ['long acr_values', { acr_values: 'a '.repeat(513) }, 'invalid_request'],
  ['long ui_locales', { ui_locales: 'en '.repeat(90) }, 'invalid_request'],
  ['50 scopes', { scope: Array.from({ length: 50 }, (_, n) => `s${n}`).join(' ') }, undefined],
  ['51 scopes', { scope: Array.from({ length: 51 }, (_, n) => `s${n}`).join(' ') }, 'invalid_scope'],
  ['a scope of 100000 words', { scope: 'x '.repeat(100_000) }, 'invalid_request'],
]);

table('response_type', responseType, [
  ['code id_token', {}, undefined],
  ['the words in another order', { response_type: 'token id_token code' }, undefined],
  ['none at all', { response_type: undefined }, 'invalid_request'],
  ['an unknown word', { response_type: 'code pigeon' }, 'unsupported_response_type'],
  ['none', { response_type: 'none' }, 'unsupported_response_type'],
  ['upper case', { response_type: 'CODE' }, 'unsupported_response_type'],
  ['one that is not registered', { response_type: 'code id_token token' }, 'unauthorized_client', client({ responseTypes: ['code'] })],
  ['hybrid for a fapi2 client', {}, 'unauthorized_client', client({ profile: 'fapi2' })],
  ['code for a fapi2 client', { response_type: 'code' }, undefined, client({ profile: 'fapi2' })],
]);

table('response_mode', responseMode, [
  ['none at all', {}, undefined],
  ['form_post', { response_mode: 'form_post' }, undefined],
  ['query with code', { response_mode: 'query', response_type: 'code' }, undefined],
  ['query with an ID token', { response_mode: 'query' }, 'invalid_request'],
  ['query with a token', { response_mode: 'query', response_type: 'code token' }, 'invalid_request'],
  ['an unknown mode', { response_mode: 'pigeon' }, 'invalid_request'],
  ['a mode in upper case', { response_mode: 'FORM_POST' }, 'invalid_request'],
]);

table('audience', audience, [
  ['no API', {}, undefined],
  ['an API that the client may ask for', {}, undefined, { apis: [anApi()] }],
  ['an API of others', {}, 'invalid_target', { apis: [anApi({ identifier: 'https://other.example/' })] }],
  ['one of two APIs of others', {}, 'invalid_target', { apis: [anApi(), anApi({ identifier: 'https://other.example/' })] }],
  ['an unknown API', {}, 'invalid_target', { unknownAudiences: ['https://nowhere.example/'] }],
]);

table('scope', scope, [
  ['openid with an ID token', {}, undefined],
  ['an ID token without openid', { scope: 'profile' }, 'invalid_scope'],
  ['an ID token without any scope', { scope: undefined }, 'invalid_scope'],
  ['code without openid', { scope: 'profile', response_type: 'code' }, undefined],
  ['code without any scope', { scope: undefined, response_type: 'code' }, undefined],
  ['an unknown scope beside a known one', { scope: 'openid admin' }, undefined],
  ['nothing but unknown scopes', { scope: 'admin', response_type: 'code' }, 'invalid_scope'],
  ['a scope of the API', { scope: 'read:orders', response_type: 'code' }, undefined, { apis: [anApi()] }],
  ['a scope of an API that is not asked for', { scope: 'read:orders', response_type: 'code' }, 'invalid_scope'],
  ['a name of Object.prototype', { scope: 'constructor', response_type: 'code' }, 'invalid_scope', { apis: [anApi()] }],
  ['a quotation mark', { scope: 'openid "x"' }, 'invalid_scope'],
  ['a backslash', { scope: 'openid a\\b' }, 'invalid_scope'],
  ['a control character', { scope: 'openid a\tb' }, 'invalid_scope'],
  ['a character outside ASCII', { scope: 'openid ä' }, 'invalid_scope'],
]);

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

table('prompt', prompt, [
  ['none at all', {}, undefined],
  ['login consent', { prompt: 'login consent' }, undefined],
  ['none alone', { prompt: 'none' }, undefined],
  ['select_account', { prompt: 'select_account' }, undefined],
  ['none login', { prompt: 'none login' }, 'invalid_request'],
  ['login none', { prompt: 'login none' }, 'invalid_request'],
  ['an unknown value', { prompt: 'pigeon' }, 'invalid_request'],
  ['upper case', { prompt: 'LOGIN' }, 'invalid_request'],
]);

table('max_age', maxAge, [
  ['0', { max_age: '0' }, undefined],
  ['2147483647', { max_age: '2147483647' }, undefined],
  ...['-1', '+1', '1e9', 'abc', '1.5', ' 1', '0x10', '2147483648', '99999999999999999999', '١'].map(
    (text): Row => [JSON.stringify(text), { max_age: text }, 'invalid_request'],
  ),
]);

table('claims', claims, [
  ['a JSON object', { claims: '{"id_token":{"email":null}}' }, undefined],
  ['no JSON', { claims: '{' }, 'invalid_request'],
  ['__proto__', { claims: '{"__proto__":{"x":1}}' }, 'invalid_request'],
]);

table('id_token_hint', idTokenHint, [
  ['none at all', {}, undefined],
  ['one of ours', {}, undefined, { hint: { sub: 'usr_1' } }],
  ['a forged one', {}, 'invalid_request', { hint: 'invalid' }],
]);

table('grant management', grantManagement, [
  ['none at all', {}, undefined],
  ['create', { grant_management_action: 'create' }, undefined],
  ['merge with a grant', { grant_management_action: 'merge', grant_id: 'g' }, undefined],
  ['replace with a grant', { grant_management_action: 'replace', grant_id: 'g' }, undefined],
  ['create with a grant', { grant_management_action: 'create', grant_id: 'g' }, 'invalid_request'],
  ['merge without a grant', { grant_management_action: 'merge' }, 'invalid_request'],
  ['a grant without an action', { grant_id: 'g' }, 'invalid_request'],
  ['an unknown action', { grant_management_action: 'pigeon', grant_id: 'g' }, 'invalid_request'],
  ['a public client', { grant_management_action: 'create' }, 'unauthorized_client', client({ tokenEndpointAuthMethod: 'none' })],
]);

describe('the list of checks', () => {
  it('accepts a good request by every one of them', () => {
    expect(AUTHORIZATION_CHECKS.map((check) => refusalOf(() => check(aCheckInput())))).toEqual(
      AUTHORIZATION_CHECKS.map(() => undefined),
    );
  });

  it('shows each check once, repetition first, since a repeated parameter has no value to look at', () => {
    expect(new Set(AUTHORIZATION_CHECKS).size).toBe(AUTHORIZATION_CHECKS.length);
    expect(AUTHORIZATION_CHECKS[0]).toBe(repetition);
  });
});
