import { Inject, Injectable } from '@nestjs/common';
import * as oidc from 'openid-client';
import { epochSeconds } from '../clock.js';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { checkIdToken } from '../oidc/checked-response.js';
import { Provider } from '../oidc/provider.js';
import type { Registration } from '../oidc/provider.js';
import { checkRefreshedIdToken } from '../oidc/second-tokens.js';
import { withNewest } from './flow.js';
import type { Flow } from './flow.js';

/** What an application can do with tokens after the ten steps: ask who it is, renew, revoke, and sign out. */
@Injectable()
export class HeldTokens {
  constructor(
    private readonly provider: Provider,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** Asks the provider who the user is; the answer must name the user of the ID token (OIDC Core §5.3.2). */
  async userinfo(flow: Flow): Promise<void> {
    const { tokens, secondClaims } = flow;
    if (tokens === undefined || secondClaims?.sub === undefined) return;
    const subject = secondClaims.sub;
    await this.recorded(flow, 'Userinfo', ({ configuration }) =>
      oidc.fetchUserInfo(configuration, tokens.accessToken, subject),
    );
    flow.notes = withNewest(flow.notes, 'Userinfo answered, and its sub is the one of the ID token.');
  }

  /** Exchanges the refresh token for new tokens. A new ID token must be about the same sign-in. */
  async refresh(flow: Flow): Promise<void> {
    const refreshToken = flow.tokens?.refreshToken;
    if (refreshToken === undefined) return;
    const answer = await this.recorded(flow, 'Refresh', ({ configuration }) =>
      oidc.refreshTokenGrant(configuration, refreshToken),
    );
    const idToken = answer.id_token ?? flow.tokens?.idToken;
    if (answer.id_token !== undefined) await this.checkRefreshed(flow, answer.id_token);
    flow.tokens = {
      accessToken: answer.access_token,
      ...(idToken === undefined ? {} : { idToken }),
      refreshToken: answer.refresh_token ?? refreshToken,
    };
    flow.notes = withNewest(
      flow.notes,
      'Refreshed: a new access token and a new refresh token; the old refresh token is used up.',
    );
  }

  /** Revokes the refresh token, and with it the whole grant. */
  async revoke(flow: Flow): Promise<void> {
    const token = flow.tokens?.refreshToken ?? flow.tokens?.accessToken;
    if (token === undefined) return;
    await this.recorded(flow, 'Revocation', ({ configuration }) => oidc.tokenRevocation(configuration, token));
    flow.notes = withNewest(
      flow.notes,
      'Revoked: call the API now and see that it refuses the access token, though that has not expired.',
    );
  }

  /** Where the browser goes to sign out at the provider too. */
  async logoutUrl(flow: Flow): Promise<string> {
    const { configuration } = await this.provider.registration(flow.transaction.credential);
    const idToken = flow.tokens?.idToken ?? flow.responseParameters.find(([name]) => name === 'id_token')?.[1];
    return oidc.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: `${this.config.url}/`,
      ...(idToken === undefined ? {} : { id_token_hint: idToken }),
    }).href;
  }

  /** Makes a request and keeps what was sent and what came back, for the page. */
  private async recorded<Answer>(
    flow: Flow,
    title: string,
    request: (registration: Registration) => Promise<Answer>,
  ): Promise<Answer> {
    const { exchanges, ...registration } = await this.provider.recording(flow.transaction.credential);
    try {
      return await request(registration);
    } finally {
      flow.later = withNewest(flow.later, ...exchanges.map((exchange) => ({ title, exchange })));
    }
  }

  private async checkRefreshed(flow: Flow, idToken: string): Promise<void> {
    const { claims } = checkIdToken(idToken, {
      issuer: this.config.issuer,
      clientId: flow.clientId,
      keys: await this.provider.keysFor(idToken),
      now: epochSeconds(),
    });
    if (flow.secondClaims !== undefined) checkRefreshedIdToken(flow.secondClaims, claims);
  }
}
