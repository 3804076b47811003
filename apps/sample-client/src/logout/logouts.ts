import { InvalidTokenError, readHeader } from '@tandem/jwt';
import { Inject, Injectable } from '@nestjs/common';
import { epochSeconds } from '../clock.js';
import { CONFIG } from '../config.js';
import type { SampleClientConfig } from '../config.js';
import { BrowserState } from '../flow/browser-state.js';
import { Expiring } from '../flow/expiring.js';
import { Provider } from '../oidc/provider.js';
import { checkLogoutToken } from './check-logout-token.js';
import type { LogoutTokenKind } from './check-logout-token.js';

/** Longer than any logout token that is posted to us lives. */
const REMEMBER_MILLISECONDS = 10 * 60_000;
const REMEMBERED_JTIS = 10_000;

/** Ends what a logout token names, whichever way it came. Everything about the token is checked, and it counts once. */
@Injectable()
export class Logouts {
  private readonly seen = new Expiring<true>(REMEMBER_MILLISECONDS, REMEMBERED_JTIS);

  constructor(
    private readonly provider: Provider,
    private readonly state: BrowserState,
    @Inject(CONFIG) private readonly config: SampleClientConfig,
  ) {}

  /** @throws InvalidTokenError. */
  async take(token: string, kind: LogoutTokenKind): Promise<void> {
    const { kid, alg } = readHeader(token);
    const { withSecret, withPrivateKey, issuer } = this.config;
    const { jti, sid, sub } = checkLogoutToken(
      token,
      {
        issuer,
        clientIds: [withSecret.clientId, ...(withPrivateKey === undefined ? [] : [withPrivateKey.clientId])],
        keys: await this.provider.keys(kid, alg),
        now: epochSeconds(),
      },
      kind,
    );
    if (this.seen.get(jti) !== undefined) throw new InvalidTokenError('bad_claims', 'jti');
    this.seen.put(jti, true);
    this.state.endWhere(sid, sub);
  }
}
