import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { Eta } from 'eta';
import type { Answer, AnswerHeaders } from '../http/answer.js';
import { NO_STORE } from '../http/answer.js';

const VIEWS = join(import.meta.dirname, '..', '..', 'views');

/** What a page needs of its surroundings, as Content Security Policy sources. */
export interface PageNeeds {
  /** Where its forms may lead, redirects included; `'self'` is always allowed. */
  readonly formTargets?: readonly string[];
  /** Text of inline scripts; each is allowed by its hash. */
  readonly scripts?: readonly string[];
  /** Pages that it embeds. */
  readonly frames?: readonly string[];
  /** Who may embed it; nobody by default. */
  readonly frameAncestors?: string;
  /** Hosts of images: a client's logo. */
  readonly images?: readonly string[];
}

const hashSource = (script: string): string => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;

/**
 * Headers of every page: no cache, no referrer, no frame, no script but ours. `form-action` names where the form's
 * redirect ends, since Chromium applies it to redirects too.
 */
export function pageHeaders(needs: PageNeeds = {}): AnswerHeaders {
  const { formTargets = [], scripts = [], frames = [], frameAncestors = "'none'", images = [] } = needs;
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    `img-src 'self' data:${images.map((image) => ` ${image}`).join('')}`,
    `script-src ${scripts.length === 0 ? "'none'" : scripts.map(hashSource).join(' ')}`,
    `form-action 'self'${formTargets.map((target) => ` ${target}`).join('')}`,
    `frame-ancestors ${frameAncestors}`,
    ...(frames.length === 0 ? [] : [`frame-src ${frames.join(' ')}`]),
    "base-uri 'none'",
  ];
  return {
    ...NO_STORE,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(frameAncestors === "'none'" ? { 'x-frame-options': 'DENY' } : {}),
  };
}

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
