import { Controller, Get, Post, Req, Res } from '@nestjs/common';
import { emailKey } from '@tandem/persistence';
import type { Interaction } from '@tandem/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ENDPOINTS, Issuer } from '../endpoints.js';
import { retryAfter } from '../http/answer.js';
import type { Answer } from '../http/answer.js';
import { required, single } from '../http/form-parameters.js';
import { readForm, readQuery } from '../http/read-request.js';
import { sendAnswer } from '../http/send-answer.js';
import { formTargetsOf } from '../interaction/client-presentation.js';
import { MailedLinks } from '../interaction/mailed-links.js';
import { Interactions } from '../interaction/interactions.js';
import { LoginCompletion } from '../interaction/login-completion.js';
import { PasswordHashing } from '../interaction/login-methods/password-hashing.js';
import { LoginPage } from '../interaction/login-page.js';
import { LoginThrottle } from '../interaction/login-throttle.js';
import { Proofs } from '../interaction/proofs.js';
import { languageFor } from '../messages/index.js';
import type { MessageKey } from '../messages/index.js';
import { asPage } from '../pages/as-page.js';
import { Pages } from '../pages/pages.js';
import { SIGN_UP, SignUp } from './sign-up.js';
import type { WishedAccount } from './sign-up.js';

/** What a link of ours stands for, and the sign-in that it belongs to when this is the browser where it began. */
interface Opened {
  readonly token: string;
  readonly wished: WishedAccount;
  readonly interaction?: Interaction;
}

interface Said {
  readonly status?: number;
  readonly problem?: MessageKey;
  readonly retryAfterSeconds?: number;
}

/**
 * Where the link in the mail leads. Opening it changes nothing, since mail scanners open links too; the button does. In
 * another browser than the one where it began it asks for the password that was chosen there: else somebody could have an
 * account made in the name of a mailbox's owner and wait for its first click with a password of their own.
 */
@Controller(`${ENDPOINTS.signUp}/confirm`)
export class ConfirmationController {
  constructor(
    private readonly signUp: SignUp,
    private readonly proofs: Proofs,
    private readonly hashing: PasswordHashing,
    private readonly throttle: LoginThrottle,
    private readonly loginPage: LoginPage,
    private readonly completion: LoginCompletion,
    private readonly interactions: Interactions,
    private readonly links: MailedLinks,
    private readonly pages: Pages,
    private readonly issuer: Issuer,
  ) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const answer = await asPage(this.pages, request, async () => {
      const opened = await this.open(request, required(readQuery(request), 'token'));
      return opened === undefined ? this.links.ended(request) : this.page(request, opened);
    });
    sendAnswer(reply, answer);
  }

  @Post()
  async confirm(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    sendAnswer(reply, await asPage(this.pages, request, () => this.spend(request)));
  }

  private async spend(http: FastifyRequest): Promise<Answer> {
    const form = readForm(http);
    const token = required(form, 'token');
    this.links.check(http, form, token);
    const opened = await this.open(http, token);
    if (opened === undefined) return this.links.ended(http);
    const refusal = await this.refuse(http, opened, single(form, 'password') ?? '');
    if (refusal !== undefined) return this.page(http, opened, refusal);
    if ((await this.proofs.take(SIGN_UP, token)) === undefined) return this.links.ended(http);
    const added = await this.signUp.add(opened.wished);
    const { interaction } = opened;
    if (added.outcome === 'added' && interaction !== undefined)
      return this.completion.complete(http, interaction, SIGN_UP, { userId: added.userId, amr: ['otp'] });
    const model = { account: this.issuer.url('account'), email: opened.wished.email };
    return this.pages.render(200, 'sign-up-done', model, { language: languageFor(http) });
  }

  private async open(http: FastifyRequest, token: string): Promise<Opened | undefined> {
    const proof = await this.proofs.peek(SIGN_UP, token);
    if (proof === undefined) return undefined;
    const interaction = await this.interactions.find(http, String(proof.detail['interactionId']));
    const wished = proof.detail as unknown as WishedAccount;
    return { token, wished, ...(interaction === undefined ? {} : { interaction }) };
  }

  /** Why the button does nothing yet: in another browser the password has to be typed. */
  private async refuse(
    http: FastifyRequest,
    { wished, interaction }: Opened,
    password: string,
  ): Promise<Said | undefined> {
    if (interaction !== undefined || wished.passwordHash === undefined) return undefined;
    const full = await this.throttle.attempt(emailKey(wished.email));
    if (full !== undefined) return { ...full, status: 429, problem: 'login.throttled' };
    if (await this.hashing.verify(wished.passwordHash, password)) return undefined;
    await this.throttle.failed(http);
    return { problem: 'sign-up.wrong-password' };
  }

  private async page(http: FastifyRequest, opened: Opened, said: Said = {}): Promise<Answer> {
    const { token, wished, interaction } = opened;
    const client = interaction === undefined ? undefined : (await this.loginPage.contextOf(http, interaction)).client;
    const answer = this.pages.render(
      said.status ?? 200,
      'sign-up-confirm',
      {
        ...{ token, email: wished.email, problem: said.problem },
        asksPassword: interaction === undefined && wished.passwordHash !== undefined,
        csrf: this.links.csrfToken(token),
      },
      {
        language: languageFor(http, interaction?.parameters.uiLocales),
        formTargets: client === undefined ? [] : formTargetsOf(client, interaction?.parameters.redirectUri),
      },
    );
    const { retryAfterSeconds } = said;
    return retryAfterSeconds === undefined ? answer : retryAfter(answer, retryAfterSeconds);
  }
}
