import { GrantStore, SessionStore, UserStore } from '@tandem/persistence';
import { Clock } from '../clock.js';
import type { Command, CommandInput } from './command.js';

const argument = ({ args }: CommandInput, what: string): string => {
  const [value] = args;
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
};

export const grantsRevoke: Command = {
  words: ['grants', 'revoke'],
  usage: 'grants revoke GRANT_ID        end a grant with every token of it, at every API',
  async run(input) {
    const revoked = await (await input.app()).get(GrantStore).revoke(argument(input, 'the grant id'), 'operator');
    return revoked ? 'revoked' : 'there is no such living grant';
  },
};

export const grantsList: Command = {
  words: ['grants', 'list'],
  usage: 'grants list EMAIL             living grants of a user',
  async run(input) {
    const app = await input.app();
    const user = await app.get(UserStore).findByEmail(argument(input, 'the e-mail address'));
    if (user === undefined) return 'there is no such user';
    const grants = await app.get(GrantStore).ofUser(user.user.userId);
    return grants
      .map(
        ({ grantId, clientId, scope, createdAt }) =>
          `${grantId}\t${clientId}\t${new Date(createdAt * 1_000).toISOString()}\t${scope.join(' ')}`,
      )
      .join('\n');
  },
};

export const usersDisable: Command = {
  words: ['users', 'disable'],
  usage: 'users disable EMAIL           disable a user: sessions end, every token dies',
  async run(input) {
    const app = await input.app();
    const user = await app.get(UserStore).findByEmail(argument(input, 'the e-mail address'));
    if (user === undefined) return 'there is no such user';
    const { userId } = user.user;
    await app.get(UserStore).disable(userId, app.get(Clock).now());
    for (const { sid } of await app.get(SessionStore).ofUser(userId)) await app.get(SessionStore).end(sid);
    return 'disabled';
  },
};
