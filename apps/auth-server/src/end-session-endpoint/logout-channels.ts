import { logoutSubject } from '@tandem/contracts';
import { publishStored } from '@tandem/messaging';
import { Injectable } from '@nestjs/common';
import type { LogoutDelivery } from '@tandem/persistence';
import type { Client } from '@tandem/protocol';
import { RelayLink } from '../events/relay-link.js';
import { OutboundClient, OutboundError } from '../outbound/outbound-client.js';

/** How a client is told: where to, what kind of token fits, and how long one goes on trying. */
export interface LogoutChannel {
  readonly kind: 'logout_token' | 'kept_logout_token';
  readonly tokenLifetimeSeconds: number;
  readonly attempts: number;
  /** Whether the client has it, or the bus has it for the client. */
  send(client: Client, logoutToken: string, delivery: LogoutDelivery): Promise<boolean>;
}

/** The ways to a client, by what the delivery says (OIDC Back-Channel Logout §2.5, and the same over NATS). */
@Injectable()
export class LogoutChannels {
  constructor(
    private readonly outbound: OutboundClient,
    private readonly relay: RelayLink,
  ) {}

  readonly by: Readonly<Record<LogoutDelivery['over'], LogoutChannel>> = {
    http: {
      kind: 'logout_token',
      tokenLifetimeSeconds: 120,
      attempts: 5,
      send: async (client, logoutToken) => {
        if (client.backchannelLogoutUri === undefined) return true;
        try {
          const { status } = await this.outbound.fetch(client.backchannelLogoutUri, {
            form: { logout_token: logoutToken },
            trusted: client.origin === 'declared',
          });
          return status >= 200 && status < 300;
        } catch (error) {
          if (error instanceof OutboundError) return false;
          throw error;
        }
      },
    },
    // The stream keeps it for a day, and so long it must be good. As long as that we try: nothing is lost in a long outage.
    nats: {
      kind: 'kept_logout_token',
      tokenLifetimeSeconds: 86_400,
      attempts: 17_280,
      send: async ({ backchannelLogoutNats: receiver }, logoutToken, { id }) =>
        receiver === undefined || publishStored(this.relay.link, logoutSubject(receiver), logoutToken, id),
    },
  };
}
