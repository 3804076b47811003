import { Injectable } from '@nestjs/common';
import { SessionStore } from '@tandem/persistence';
import { OAuthError } from '@tandem/protocol';
import { required } from '../../http/form-parameters.js';
import { instantIn, textIn } from '../../messages/index.js';
import { deviceName } from './device-name.js';
import type { AccountContext, AccountPart, AccountSection } from '../account-section.js';

/** Where the user is signed in, and how to end it. */
@Injectable()
export class DevicesSection implements AccountSection {
  readonly actions: AccountSection['actions'] = {
    'sign-out': {
      run: async ({ signIn, form }) => {
        const sid = required(form, 'sid');
        const own = await this.sessions.ofUser(signIn.user.userId);
        if (!own.some((session) => session.sid === sid)) throw new OAuthError('not_found', 'there is no such session');
        await this.sessions.end(sid);
        return { audit: 'session.ended' };
      },
    },
  };

  constructor(private readonly sessions: SessionStore) {}

  async part({ signIn, language }: AccountContext): Promise<AccountPart> {
    const devices = await this.sessions.ofUser(signIn.user.userId);
    return {
      view: 'devices',
      model: {
        devices: devices.map(({ sid, authTime, userAgent }) => ({
          sid,
          since: instantIn(language, authTime),
          agent: userAgent === undefined ? textIn(language, 'account.unknown-device') : deviceName(userAgent),
          current: sid === signIn.session.sid,
        })),
      },
    };
  }
}
