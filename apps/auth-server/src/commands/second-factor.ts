import { AuditStore, UserStore } from '@tandem/persistence';
import { SecondFactorEnrolment } from '../interaction/second-factors/enrolment.js';
import { LANGUAGES } from '../messages/index.js';
import type { Command } from './command.js';

export const usersResetSecondFactor: Command = {
  words: ['users', 'reset-second-factor'],
  usage: 'users reset-second-factor EMAIL  for a lost phone: forget the authenticator app and the recovery codes',
  async run({ app, args: [email] }) {
    if (email === undefined) throw new Error('the e-mail address is missing');
    const context = await app();
    const known = await context.get(UserStore).findByEmail(email);
    if (known === undefined) return 'there is no such user';
    if (!(await context.get(SecondFactorEnrolment).remove(known.user, LANGUAGES[0])))
      return 'the user has no second factor';
    const { userId } = known.user;
    await context.get(AuditStore).write([{ type: 'second_factor.removed', userId, detail: { by: 'operator' } }]);
    return 'reset';
  },
};
