import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import { pageHeaders } from '@tandem/web-server';
import type { PageNeeds } from '@tandem/web-server';
import type { ErrorCode } from '@tandem/protocol';
import type { DeclaredConfiguration } from '../declared-configuration/declared-configuration.js';
import { APPLICATION_FOLDER } from '../folder.js';
import type { Answer } from '../http/answer.js';
import { LANGUAGES, textIn } from '../messages/index.js';
import type { Language, MessageKey, MessageValues } from '../messages/index.js';
import { themeOfPages } from '../theme/theme-of-pages.js';
import type { ThemeOfPages } from '../theme/theme-of-pages.js';
import { DECLARED } from '../tokens.js';
import { explanationOf } from './page-refusal.js';

const VIEWS = join(APPLICATION_FOLDER, 'views');

export interface PageOptions extends PageNeeds {
  readonly language?: Language;
}

/** What an error page is about. `description` is for developers, in English, as in an error response. */
export interface PageProblem {
  readonly status: number;
  readonly code: ErrorCode;
  readonly description: string;
  readonly explanation?: MessageKey;
}

export interface ErrorPageOptions {
  readonly language?: Language;
  readonly title?: MessageKey;
  /** Default: the problem's own. */
  readonly status?: number;
}

/** Renders the provider's pages from the templates in `views/`; every value is escaped unless a template says otherwise. */
@Injectable()
export class Pages {
  private readonly eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });
  private readonly theme: ThemeOfPages;

  constructor(@Inject(DECLARED) { theme }: Pick<DeclaredConfiguration, 'theme'>) {
    this.theme = themeOfPages(theme);
  }

  /** The view sees the model, `t` for texts in the page's language, `lang` and the theme. */
  render(status: number, view: string, model: object, { language = LANGUAGES[0], ...needs }: PageOptions = {}): Answer {
    const t = (key: MessageKey, values?: MessageValues): string => textIn(language, key, values);
    return {
      status,
      headers: { ...pageHeaders(needs), 'content-language': language.tag, vary: 'accept-language' },
      body: this.eta.render(`./${view}`, { ...model, t, lang: language.tag, theme: this.theme }),
    };
  }

  /** The page that explains why a request can't go on. Never a redirect. */
  error(
    problem: PageProblem,
    { language, title = 'error.title', status = problem.status }: ErrorPageOptions = {},
  ): Answer {
    const { code, description } = problem;
    const model = { title, explanation: explanationOf(problem), code, description };
    return this.render(status, 'error', model, language === undefined ? {} : { language });
  }
}

/** A script that stands beside the views, as text: its hash goes into the policy. */
export const readScript = (name: string): string => readFileSync(join(VIEWS, name), 'utf8').trim();
