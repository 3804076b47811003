import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AuditStore, MailStore } from '@tandem/persistence';
import type { StoredMail } from '@tandem/persistence';
import { Clock } from '../clock.js';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { DECLARED } from '../tokens.js';
import { MailTransport } from './mail-transport.js';
import { Mailer } from './mailer.js';

const POLL_MILLISECONDS = 5_000;
/** After a mail was written. The answer to whoever asked for it is out by then, so sending takes no time from it. */
const PAUSE_MILLISECONDS = 100;
const BATCH = 5;
const LEASE_SECONDS = 60;
const FIRST_PAUSE_SECONDS = 10;
/** The pauses between them are three times as long each: the last attempt is nine hours after the first. */
const MAXIMUM_ATTEMPTS = 8;

/**
 * Sends the mails that wait, beside requests and never in their way. What waits is stored and claimed by one replica at a
 * time; a mail server that is away is asked again, later and later. Without one nothing is claimed.
 */
@Injectable()
export class MailSender implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(MailSender.name);
  private readonly transport: MailTransport | undefined;
  private timer: NodeJS.Timeout | undefined;
  private soon: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  /** More came while a round was under way. */
  private again = false;
  private stopping = false;

  constructor(
    private readonly mails: MailStore,
    private readonly mailer: Mailer,
    private readonly audit: AuditStore,
    private readonly clock: Clock,
    @Inject(DECLARED) { mail }: DeclaredConfiguration,
  ) {
    this.transport = mail === undefined ? undefined : new MailTransport(mail);
  }

  onApplicationBootstrap(): void {
    if (this.transport === undefined) return;
    this.timer = setInterval(() => this.wake(), POLL_MILLISECONDS);
    this.timer.unref();
    this.mailer.onWritten(() => {
      this.soon ??= setTimeout(() => this.wake(), PAUSE_MILLISECONDS).unref();
    });
  }

  /** What was written last still goes out; what comes after is the other replicas', or the next start's. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.timer);
    if (this.soon !== undefined) this.wake();
    this.stopping = true;
    await this.sending;
    this.transport?.close();
  }

  /** Sends what is due, one round at a time. */
  wake(): void {
    if (this.stopping || this.transport === undefined) return;
    clearTimeout(this.soon);
    this.soon = undefined;
    this.again = true;
    this.sending ??= this.sendDue()
      .catch((error: unknown) => this.logger.warn({ cause: String(error) }, 'mails can not be sent now'))
      .finally(() => {
        this.sending = undefined;
      });
  }

  private async sendDue(): Promise<void> {
    while (this.again) {
      this.again = false;
      const due = await this.mails.claim(BATCH, LEASE_SECONDS);
      await Promise.all(due.map((mail) => this.deliver(mail)));
      this.again ||= due.length === BATCH && !this.stopping;
    }
  }

  private async deliver(mail: StoredMail): Promise<void> {
    const { id, recipient, attempts } = mail;
    const written = this.mailer.open(mail.sealed);
    const late = written.until !== undefined && written.until < this.clock.now();
    // Nobody is to get it: it was only written so that an unknown address costs the same.
    if (recipient === undefined) return this.mails.drop(id);
    if (late) return this.giveUp(id, attempts, 'too late');
    const delivery = await (this.transport as MailTransport).send(id, recipient, written);
    if (delivery.outcome === 'sent') return this.mails.sent(id);
    this.logger.warn({ why: delivery.why, attempts }, 'a mail could not be sent');
    if (delivery.outcome === 'refused' || attempts >= MAXIMUM_ATTEMPTS) return this.giveUp(id, attempts, delivery.why);
    await this.mails.later(id, FIRST_PAUSE_SECONDS * 3 ** (attempts - 1));
  }

  private async giveUp(id: string, attempts: number, why: string): Promise<void> {
    await this.mails.drop(id);
    await this.audit.write([{ type: 'mail.given_up', detail: { attempts, why } }]);
  }
}
