import { Inject, Injectable } from '@nestjs/common';
import { MailStore } from '@tandem/persistence';
import { Clock } from '../clock.js';
import type { AuthServerConfig } from '../config.js';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { textIn } from '../messages/index.js';
import type { Language, MessageKey, MessageValues } from '../messages/index.js';
import { ServerSecrets } from '../signing-keys/server-secrets.js';
import { CONFIG, DECLARED } from '../tokens.js';
import { hasMailbox } from './has-mailbox.js';

/** What a mail says, by its texts' keys. */
export interface Mail {
  readonly subject: MessageKey;
  readonly text: MessageKey;
  readonly values?: MessageValues;
  /** How long what it says is good for; it is not sent later than that. */
  readonly lifetimeSeconds?: number;
}

/** A mail in its language, as it waits to be sent. `until` is epoch seconds. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
  readonly until?: number;
}

const PURPOSE = 'mail';

/** Writes mails into the queue. They hold codes and links, so they wait sealed; what sends them runs beside requests. */
@Injectable()
export class Mailer {
  private listener: () => void = () => undefined;
  /** Whether what is written reaches anybody: what needs mail is not offered without. */
  readonly reachesPeople: boolean;

  constructor(
    private readonly store: MailStore,
    private readonly secrets: ServerSecrets,
    private readonly clock: Clock,
    @Inject(DECLARED) declared: DeclaredConfiguration,
    @Inject(CONFIG) config: AuthServerConfig,
  ) {
    this.reachesPeople = declared.mail !== undefined || hasMailbox(config);
  }

  /** Without a recipient nobody gets it, and the work is the same: so no answer's time tells whether an address is known. */
  async send(recipient: string | undefined, language: Language, mail: Mail): Promise<void> {
    const { subject, text, values, lifetimeSeconds } = mail;
    const written: WrittenMail = {
      subject: textIn(language, subject, values),
      text: textIn(language, text, values),
      ...(lifetimeSeconds === undefined ? {} : { until: this.clock.now() + lifetimeSeconds }),
    };
    await this.store.keep(recipient, this.secrets.seal(PURPOSE, Buffer.from(JSON.stringify(written))));
    this.listener();
  }

  open(sealed: Buffer): WrittenMail {
    return JSON.parse(this.secrets.open(PURPOSE, sealed).toString()) as WrittenMail;
  }

  /** Calls the listener after each mail that is written here. */
  onWritten(listener: () => void): void {
    this.listener = listener;
  }
}
