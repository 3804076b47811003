import { LOGOUT_STREAM, logoutConsumerName } from '@tandem/contracts';
import { EventListener } from './event-listener.js';
import type { Verdict } from './event-listener.js';
import { NatsLink } from './nats-link.js';
import type { LinkLogger } from './nats-link.js';
import { IMPORTED_API_PREFIX, INBOXES } from './nats-server-config.js';

export interface LogoutListenerOptions {
  readonly url: string;
  /** The name that the client's setting `backchannel_logout_nats` has. */
  readonly receiver: string;
  readonly seedFile?: string;
  /** That of the user whose seed it is; default: the one of a user made for this receiver. */
  readonly inboxPrefix?: string;
  /** Checks a logout token and ends the session it names; it may come twice. `delivery` counts from 1. */
  readonly onLogoutToken: (token: string, delivery: number) => Promise<Verdict> | Verdict;
  readonly logger: LinkLogger;
}

/** What an application runs to take its logout tokens from NATS: also those that were sent while it was away. */
export class LogoutListener {
  private readonly link: NatsLink;
  private readonly listener: EventListener;

  constructor({ url, receiver, seedFile, inboxPrefix, onLogoutToken, logger }: LogoutListenerOptions) {
    const credentials =
      seedFile === undefined ? {} : { seedFile, inboxPrefix: inboxPrefix ?? INBOXES.logoutReceiver(receiver) };
    this.link = new NatsLink({ url, name: `logouts of ${receiver}`, ...credentials }, logger);
    this.listener = new EventListener({
      ...{ link: this.link, stream: LOGOUT_STREAM, consumer: logoutConsumerName(receiver), logger },
      ...(seedFile === undefined ? {} : { apiPrefix: IMPORTED_API_PREFIX }),
      onEvent: (token, _type, delivery) => onLogoutToken(token, delivery),
      // The numbers between are other receivers' tokens.
      onGap: () => undefined,
    });
  }

  start(): void {
    this.link.start();
    this.listener.start();
  }

  async stop(): Promise<void> {
    await this.listener.stop();
    await this.link.stop();
  }
}
