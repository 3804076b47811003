import { words } from '@tandem/protocol';
import type { FastifyRequest } from 'fastify';
import { IntlMessageFormat } from 'intl-messageformat';
import { de } from './de/index.js';
import { en } from './en/index.js';

export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;

/** A language of the pages. */
export interface Language {
  /** BCP 47 tag, as in the page's `lang`. */
  readonly tag: string;
  readonly texts: Readonly<Record<MessageKey, string>>;
}

/** The one list of languages; the first is what people get whose language is not there. */
export const LANGUAGES: readonly [Language, ...Language[]] = [
  { tag: 'en', texts: en },
  { tag: 'de', texts: de },
];

const formats = new Map<string, IntlMessageFormat>();

/** A text in a language; the values stand where the text (ICU message syntax) names them. */
export function textIn({ tag, texts }: Language, key: MessageKey, values?: MessageValues): string {
  const text = texts[key];
  if (!text.includes('{')) return text;
  const name = `${tag} ${key}`;
  const format = formats.get(name) ?? new IntlMessageFormat(text, tag);
  formats.set(name, format);
  return String(format.format(values));
}

/** An instant (epoch seconds) as people read it; the zone is UTC, since the browser's is not known without script. */
export const instantIn = ({ tag }: Language, epochSeconds: number): string =>
  new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(
    epochSeconds * 1_000,
  );

/** The first of the wished-for languages that there is: what the application asks (`ui_locales`), then what the browser does. */
export function languageFor(http: FastifyRequest, uiLocales?: string): Language {
  for (const tag of [...words(uiLocales), ...acceptedLanguages(http.headers['accept-language'])]) {
    const primary = tag.toLowerCase().split('-', 1)[0];
    const found = LANGUAGES.find((language) => language.tag === primary);
    if (found !== undefined) return found;
  }
  return LANGUAGES[0];
}

/** Tags of `Accept-Language` (RFC 9110 §12.5.4), the dearest first. */
function acceptedLanguages(header = ''): readonly string[] {
  return header
    .slice(0, 500)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.trim().split(';');
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ tag }) => tag);
}
