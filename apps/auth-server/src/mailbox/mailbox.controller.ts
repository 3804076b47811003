import { Controller, Get, Req, Res } from '@nestjs/common';
import { MailStore } from '@tandem/persistence';
import type { StoredMail } from '@tandem/persistence';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS } from '../endpoints.js';
import { sendAnswer } from '../http/send-answer.js';
import { Mailer } from '../mail/mailer.js';
import { instantIn, languageFor } from '../messages/index.js';
import type { Language } from '../messages/index.js';
import { Pages } from '../pages/pages.js';

const SHOWN = 50;
const LINK = /(https?:\/\/\S+)/;

/** GET /mailbox: the last mails, newest first, whether or not they were sent. */
@Controller(ENDPOINTS.mailbox)
export class MailboxController {
  constructor(
    private readonly mails: MailStore,
    private readonly mailer: Mailer,
    private readonly pages: Pages,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const language = languageFor(request);
    const mails = (await this.mails.recent(SHOWN)).map((mail) => this.present(mail, language));
    sendAnswer(reply, this.pages.render(200, 'mailbox', { mails }, { language }));
  }

  private present({ recipient, sealed, createdAt }: StoredMail, language: Language): object {
    const { subject, text } = this.mailer.open(sealed);
    // Every second piece is an address, since the pattern captures what it splits at.
    const pieces = text.split(LINK).map((piece, index) => ({ text: piece, link: index % 2 === 1 }));
    return { recipient, subject, pieces, at: instantIn(language, createdAt) };
  }
}
