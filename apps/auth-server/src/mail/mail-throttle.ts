import { Inject, Injectable } from '@nestjs/common';
import { emailKey, ThrottleStore } from '@tandem/persistence';
import type { FastifyRequest } from 'fastify';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { addressKey } from '../interaction/login-throttle.js';
import { DECLARED } from '../tokens.js';

/** The mail is not written. */
export interface MailThrottled {
  readonly outcome: 'throttled';
  readonly retryAfterSeconds: number;
}

/** Counts mails before they are written, whether or not the address is known: nobody's mailbox can be flooded from here. */
@Injectable()
export class MailThrottle {
  constructor(
    private readonly throttles: ThrottleStore,
    @Inject(DECLARED) private readonly declared: DeclaredConfiguration,
  ) {}

  /** The answer when too many were asked for. */
  async ask(http: FastifyRequest, recipient: string): Promise<MailThrottled | undefined> {
    const { mailsPerAddress, mailsPerRecipient } = this.declared.mailThrottle;
    return (
      (await this.count(`mail:address:${addressKey(http.ip)}`, mailsPerAddress)) ??
      (await this.count(`mail:recipient:${emailKey(recipient)}`, mailsPerRecipient))
    );
  }

  private async count(key: string, limit: number): Promise<MailThrottled | undefined> {
    const { count, retryAfterSeconds } = await this.throttles.count(key, this.declared.mailThrottle.windowSeconds);
    return count > limit ? { outcome: 'throttled', retryAfterSeconds } : undefined;
  }
}
