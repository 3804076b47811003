import { anAuthorizationRequest, type FormChanges } from '../builders.spec-support.js';
import { ANOTHER_ACCOUNT, chooseAccount, type AccountFacts } from './choose-account.js';

const account = (sid: string, more: Partial<AccountFacts> = {}): AccountFacts => ({
  sid,
  subject: `sub_${sid}`,
  hinted: false,
  takesPart: false,
  ...more,
});
const alice = account('alice');
const bob = account('bob');

/** The choice in one word. */
function outcome(form: FormChanges, accounts: readonly AccountFacts[], chosen?: string): string {
  const choice = chooseAccount(anAuthorizationRequest(form), accounts, chosen);
  return typeof choice === 'string' ? choice : choice.sid;
}

const expecting = (sub: string): FormChanges => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) });
const selecting = { prompt: 'select_account' };

describe('the account that a request is about', () => {
  const rows: readonly (readonly [string, FormChanges, readonly AccountFacts[], string | undefined, string])[] = [
    ['no account', {}, [], undefined, 'nobody'],
    ['no account and prompt=select_account', selecting, [], undefined, 'nobody'],
    ['one', {}, [alice], undefined, 'alice'],
    ['one, whatever login_hint says', {}, [alice], undefined, 'alice'],
    ['two', {}, [alice, bob], undefined, 'ask'],
    ['two, and one was chosen', {}, [alice, bob], 'bob', 'bob'],
    ['two, and the chosen one has ended', {}, [alice, bob], 'carol', 'ask'],
    ['two, and the user wants another', {}, [alice, bob], ANOTHER_ACCOUNT, 'nobody'],
    ['one and prompt=select_account', selecting, [alice], undefined, 'ask'],
    ['one, chosen for prompt=select_account', selecting, [alice], 'alice', 'alice'],
    ['prompt=select_account login', { prompt: 'select_account login' }, [alice], undefined, 'alice'],

    ['the expected subject', expecting('sub_bob'), [alice, bob], undefined, 'bob'],
    ['an expected subject who is not here', expecting('sub_carol'), [alice, bob], undefined, 'nobody'],
    ['an expected subject, one other', expecting('sub_carol'), [alice], undefined, 'nobody'],
    ['an expected subject and another choice', expecting('sub_bob'), [alice, bob], 'alice', 'alice'],
    [
      'prompt=select_account with an expected subject',
      { ...expecting('sub_bob'), ...selecting },
      [alice, bob],
      undefined,
      'ask',
    ],

    ['the hinted address', {}, [alice, account('bob', { hinted: true })], undefined, 'bob'],
    [
      'the hinted address before the one known to the client',
      {},
      [account('alice', { takesPart: true }), account('bob', { hinted: true })],
      undefined,
      'bob',
    ],
    [
      'an address that two have',
      {},
      [account('alice', { hinted: true }), account('bob', { hinted: true })],
      undefined,
      'ask',
    ],
    ['the one that the client has dealt with', {}, [alice, account('bob', { takesPart: true })], undefined, 'bob'],
    [
      'two that the client has dealt with',
      {},
      [account('alice', { takesPart: true }), account('bob', { takesPart: true })],
      undefined,
      'ask',
    ],
  ];
  it.each(rows)('tells for %s: %j', (_what, form, accounts, chosen, expected) => {
    expect(outcome(form, accounts, chosen)).toBe(expected);
  });
});
