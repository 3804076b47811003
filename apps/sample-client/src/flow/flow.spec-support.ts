import type { Flow } from './flow.js';

const JWT = `${Buffer.from('{"alg":"RS256","typ":"JWT"}').toString('base64url')}.${Buffer.from('{"sub":"usr_1"}').toString('base64url')}.c2ln`;

/** A sign-in by `code id_token` that is exchanged already. */
export const aFlow = (changes: Partial<Flow> = {}): Flow => ({
  transaction: {
    responseType: 'code id_token',
    responseMode: 'form_post',
    credential: 'secret',
    state: 'state-1',
    nonce: 'nonce-1',
    codeVerifier: 'verifier-'.repeat(6),
    authorizationUrl: 'http://op.test/authorize?response_type=code+id_token&state=state-1',
    startedAt: 1_795_000_000,
  },
  clientId: 'demo-web',
  formToken: 'form-token-1',
  responseParameters: [
    ['code', `ac_${'secretcode'.repeat(4)}`],
    ['id_token', JWT],
    ['state', 'state-1'],
  ],
  responseChecks: ['state is ours'],
  hashes: [],
  frontClaims: { iss: 'http://op.test/', sub: 'usr_1', sid: 'sid-1', name: 'Alice' },
  code: 'ac_x',
  exchangeChecks: [],
  apiCalls: [],
  later: [],
  notes: [],
  ...changes,
});

export const A_JWT = JWT;
