import { Injectable } from '@nestjs/common';
import { MailStore } from '@tandem/persistence';
import { textIn } from '../messages/index.js';
import type { Language, MessageKey, MessageValues } from '../messages/index.js';
import { ServerSecrets } from '../signing-keys/server-secrets.js';

/** What a mail says, by its texts' keys. */
export interface Mail {
  readonly subject: MessageKey;
  readonly text: MessageKey;
  readonly values?: MessageValues;
}

/** A mail in its language, as it waits to be sent. */
export interface WrittenMail {
  readonly subject: string;
  readonly text: string;
}

const PURPOSE = 'mail';

/** Writes mails into the queue. They hold codes and links, so they wait sealed; what sends them runs beside requests. */
@Injectable()
export class Mailer {
  constructor(
    private readonly store: MailStore,
    private readonly secrets: ServerSecrets,
  ) {}

  /** Without a recipient nobody gets it, and the work is the same: so no answer's time tells whether an address is known. */
  async send(recipient: string | undefined, language: Language, { subject, text, values }: Mail): Promise<void> {
    const written: WrittenMail = {
      subject: textIn(language, subject, values),
      text: textIn(language, text, values),
    };
    await this.store.keep(recipient, this.secrets.seal(PURPOSE, Buffer.from(JSON.stringify(written))));
  }

  open(sealed: Buffer): WrittenMail {
    return JSON.parse(this.secrets.open(PURPOSE, sealed).toString()) as WrittenMail;
  }
}
