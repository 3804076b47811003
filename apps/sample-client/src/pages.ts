import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pageHeaders } from '@tandem/web-server';
import type { PageNeeds } from '@tandem/web-server';
import { Eta } from 'eta';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { APPLICATION_FOLDER } from './folder.js';

const VIEWS = join(APPLICATION_FOLDER, 'views');
const eta = new Eta({ views: VIEWS, cache: true, autoEscape: true });

/** A script that stands beside the views; its hash goes into the page's policy. */
export const readScript = (name: string): string => readFileSync(join(VIEWS, name), 'utf8').trim();

export const queryOf = ({ raw: { url = '' } }: FastifyRequest): URLSearchParams =>
  new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');

/** The fields of a form body; none when the body is no form. */
export const bodyOf = ({ body }: FastifyRequest): URLSearchParams =>
  new URLSearchParams(typeof body === 'string' ? body : '');

/** Every value is escaped. */
export const renderPage = (view: string, model: object): string => eta.render(`./${view}`, model);

/** Renders a page and sends it. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  view: string,
  model: object,
  needs: PageNeeds = {},
): void {
  void reply.status(status).headers(pageHeaders(needs)).send(renderPage(view, model));
}

/** 303, so that the browser never repeats a POST. */
export function redirect(reply: FastifyReply, address: string): void {
  void reply
    .status(303)
    .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', location: address })
    .send();
}

export function sendProblem(reply: FastifyReply, status: number, title: string, explanation: string): void {
  sendPage(reply, status, 'problem', { title, explanation });
}
