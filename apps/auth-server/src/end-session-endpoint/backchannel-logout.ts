import { randomUUID } from 'node:crypto';
import { TokenSigner } from '@tandem/jwt';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AuditStore, ClientStore, LogoutDeliveryStore } from '@tandem/persistence';
import type { LogoutDelivery } from '@tandem/persistence';
import { Clock } from '../clock.js';
import { Issuer } from '../endpoints.js';
import { SigningKeys } from '../signing-keys/signing-keys.js';
import { Subjects } from '../token-issuance/subjects.js';
import { LogoutChannels } from './logout-channels.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const POLL_MILLISECONDS = 5_000;
const BATCH = 10;

/**
 * Tells clients that a session ended (OIDC Back-Channel Logout §2.5, or over NATS), beside the user's way and never in it. What waits
 * is stored, so a restart loses nothing; a client that doesn't answer is tried again, later and later.
 */
@Injectable()
export class BackchannelLogout implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(BackchannelLogout.name);
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;

  constructor(
    private readonly deliveries: LogoutDeliveryStore,
    private readonly clients: ClientStore,
    private readonly channels: LogoutChannels,
    private readonly signer: TokenSigner,
    private readonly keys: SigningKeys,
    private readonly subjects: Subjects,
    private readonly audit: AuditStore,
    private readonly issuer: Issuer,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), POLL_MILLISECONDS);
    this.timer.unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    await this.sending;
  }

  /** Sends what is due, one round at a time. */
  wake(): void {
    this.sending ??= this.sendDue()
      .catch((error: unknown) => this.logger.warn({ cause: String(error) }, 'back-channel logouts can not be sent now'))
      .finally(() => {
        this.sending = undefined;
      });
  }

  private async sendDue(): Promise<void> {
    for (;;) {
      const due = await this.deliveries.claim(BATCH);
      await Promise.all(due.map((delivery) => this.deliver(delivery)));
      if (due.length < BATCH) return;
    }
  }

  private async deliver(delivery: LogoutDelivery): Promise<void> {
    const { id, clientId, userId, over, attempts } = delivery;
    const delivered = await this.send(delivery);
    if (!delivered && attempts < this.channels.by[over].attempts) return;
    await this.deliveries.end(id);
    await this.audit.write([
      {
        type: delivered ? 'backchannel_logout.delivered' : 'backchannel_logout.given_up',
        clientId,
        userId,
        detail: { attempts, over },
      },
    ]);
  }

  /** Whether the client took it, or there is nobody left to take it. */
  private async send(delivery: LogoutDelivery): Promise<boolean> {
    const { clientId, userId, sid, over } = delivery;
    const client = await this.clients.find(clientId);
    if (client === undefined || client.disabledAt !== undefined) return true;
    const channel = this.channels.by[over];
    const iat = this.clock.now();
    const logoutToken = this.signer.sign(
      channel.kind,
      {
        iss: this.issuer.identifier,
        aud: clientId,
        sub: this.subjects.of(userId, client),
        sid,
        iat,
        exp: iat + channel.tokenLifetimeSeconds,
        jti: randomUUID(),
        events: { [EVENT]: {} },
      },
      this.keys.active(client.idTokenSignedResponseAlg),
    );
    return channel.send(client, logoutToken, delivery);
  }
}
