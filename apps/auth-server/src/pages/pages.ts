import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import { pageHeaders } from '@tandem/web-server';
import type { PageNeeds } from '@tandem/web-server';
import type { Answer } from '../http/answer.js';
import { LANGUAGES, textIn } from '../messages/index.js';
import type { Language, MessageKey, MessageValues } from '../messages/index.js';

const VIEWS = join(import.meta.dirname, '..', '..', 'views');

export interface PageOptions extends PageNeeds {
  readonly language?: Language;
}

/** Renders the provider's pages from the templates in `views/`; every value is escaped unless a template says otherwise. */
@Injectable()
export class Pages {
  private readonly eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });

  /** The view sees the model, `t` for texts in the page's language, and `lang`. */
  render(status: number, view: string, model: object, { language = LANGUAGES[0], ...needs }: PageOptions = {}): Answer {
    const t = (key: MessageKey, values?: MessageValues): string => textIn(language, key, values);
    return {
      status,
      headers: pageHeaders(needs),
      body: this.eta.render(`./${view}`, { ...model, t, lang: language.tag }),
    };
  }

  /** The page that explains why a request can't go on. Never a redirect. */
  error(status: number, title: string, explanation: string, code?: string): Answer {
    return this.render(status, 'error', { title, explanation, code });
  }
}

/** A script that stands beside the views, as text: its hash goes into the policy. */
export const readScript = (name: string): string => readFileSync(join(VIEWS, name), 'utf8').trim();
