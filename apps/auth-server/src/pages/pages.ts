import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import { pageHeaders } from '@tandem/web-server';
import type { PageNeeds } from '@tandem/web-server';
import type { Answer } from '../http/answer.js';

const VIEWS = join(import.meta.dirname, '..', '..', 'views');

/** Renders the provider's pages from the templates in `views/`; every value is escaped unless a template says otherwise. */
@Injectable()
export class Pages {
  private readonly eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });

  render(status: number, view: string, model: object, needs: PageNeeds = {}): Answer {
    return { status, headers: pageHeaders(needs), body: this.eta.render(`./${view}`, model) };
  }

  /** The page that explains why a request can't go on. Never a redirect. */
  error(status: number, title: string, explanation: string, code?: string): Answer {
    return this.render(status, 'error', { title, explanation, code });
  }
}

/** A script that stands beside the views, as text: its hash goes into the policy. */
export const readScript = (name: string): string => readFileSync(join(VIEWS, name), 'utf8').trim();
