import { anApi } from '../../builders.spec-support.js';
import { audience } from './audience.js';
import { client, table } from './check-table.spec-support.js';
import { responseMode } from './response-mode.js';
import { responseType } from './response-type.js';
import { scope } from './scope.js';

table('response_type', responseType, [
  ['code id_token', {}, undefined],
  ['the words in another order', { response_type: 'token id_token code' }, undefined],
  ['none at all', { response_type: undefined }, 'invalid_request'],
  ['an unknown word', { response_type: 'code pigeon' }, 'unsupported_response_type'],
  ['none', { response_type: 'none' }, 'unsupported_response_type'],
  ['upper case', { response_type: 'CODE' }, 'unsupported_response_type'],
  [
    'one that is not registered',
    { response_type: 'code id_token token' },
    'unauthorized_client',
    client({ responseTypes: ['code'] }),
  ],
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
  [
    'one of two APIs of others',
    {},
    'invalid_target',
    { apis: [anApi(), anApi({ identifier: 'https://other.example/' })] },
  ],
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
