import { createTransport } from 'nodemailer';
import type { SentMessageInfo, Transporter } from 'nodemailer';
import type { MailSettings } from '../declared-configuration/declared-configuration.js';
import type { WrittenMail } from './mailer.js';

/** Together they stay below the time for which a mail is claimed. */
const TIMEOUTS = { connectionTimeout: 4_000, greetingTimeout: 4_000, socketTimeout: 8_000, dnsTimeout: 4_000 } as const;

/** What became of an attempt; `why` is an error code, never what the server said: that may repeat the address. */
export type Delivery = { readonly outcome: 'sent' } | { readonly outcome: 'refused' | 'failed'; readonly why: string };

/** The way to the mail server. */
export class MailTransport {
  private readonly transporter: Transporter<SentMessageInfo>;

  constructor(private readonly settings: MailSettings) {
    const { host, port, tls, user, password, ca } = settings;
    this.transporter = createTransport({
      ...{ host, port, ...TIMEOUTS },
      secure: tls === 'implicit',
      requireTLS: tls === 'starttls',
      ignoreTLS: tls === 'none',
      ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
      tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
      // Mails are our texts: nothing is fetched or read for them.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(id: string, recipient: string, { subject, text }: WrittenMail): Promise<Delivery> {
    const { from, host } = this.settings;
    try {
      await this.transporter.sendMail({
        from,
        // As an object it is one address, whatever stands in it.
        to: { name: '', address: recipient },
        // The same at each attempt, so that mailboxes can drop a double.
        messageId: `<${id}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        ...{ subject, text },
      });
      return { outcome: 'sent' };
    } catch (error) {
      const { code = 'unknown', responseCode = 0 } = error as {
        readonly code?: string;
        readonly responseCode?: number;
      };
      // 5xx for the envelope: this mailbox will never take it. For anything else the server may come to its senses.
      const forGood = code === 'EENVELOPE' && responseCode >= 500;
      return { outcome: forGood ? 'refused' : 'failed', why: responseCode === 0 ? code : `${code} ${responseCode}` };
    }
  }

  close(): void {
    this.transporter.close();
  }
}
