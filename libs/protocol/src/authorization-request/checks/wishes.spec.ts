import { aCheckInput, refusalOf } from '../../builders.spec-support.js';
import { promptsOffered } from '../authorization-request.js';
import { client, table, type Row } from './check-table.spec-support.js';
import { claims } from './claims.js';
import { grantManagement } from './grant-management.js';
import { AUTHORIZATION_CHECKS } from './index.js';
import { lengths } from './lengths.js';
import { maxAge } from './max-age.js';
import { prompt } from './prompt.js';
import { repetition } from './repetition.js';

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

table('prompt', prompt, [
  ['none at all', {}, undefined],
  ['login consent', { prompt: 'login consent' }, undefined],
  ['none alone', { prompt: 'none' }, undefined],
  ['select_account', { prompt: 'select_account' }, undefined],
  ['none login', { prompt: 'none login' }, 'invalid_request'],
  ['login none', { prompt: 'login none' }, 'invalid_request'],
  ['an unknown value', { prompt: 'pigeon' }, 'invalid_request'],
  ['upper case', { prompt: 'LOGIN' }, 'invalid_request'],
  ['create where people can sign up', { prompt: 'create' }, undefined],
]);

it('refuses prompt=create where nobody can sign up, and nothing else with it', () => {
  const ask = (word: string): string | undefined =>
    refusalOf(() => prompt(aCheckInput({ prompt: word }, { prompts: promptsOffered({ signUp: false }) })));
  expect(ask('create')).toBe('invalid_request');
  expect(ask('login')).toBeUndefined();
});

table('max_age', maxAge, [
  ['0', { max_age: '0' }, undefined],
  ['2147483647', { max_age: '2147483647' }, undefined],
  ...['-1', '+1', '1e9', 'abc', '1.5', ' 1', '0x10', '2147483648', '99999999999999999999', '١'].map((text): Row => [
    JSON.stringify(text),
    { max_age: text },
    'invalid_request',
  ]),
]);

table('claims', claims, [
  ['a JSON object', { claims: '{"id_token":{"email":null}}' }, undefined],
  ['no JSON', { claims: '{' }, 'invalid_request'],
  ['__proto__', { claims: '{"__proto__":{"x":1}}' }, 'invalid_request'],
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
  [
    'a public client',
    { grant_management_action: 'create' },
    'unauthorized_client',
    client({ tokenEndpointAuthMethod: 'none' }),
  ],
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
