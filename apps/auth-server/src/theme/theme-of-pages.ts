import { createHash } from 'node:crypto';
import type { Theme } from '../declared-configuration/declared-configuration.js';
import { forDarkGround, inkOn } from './contrast.js';

/** What templates need of the theme; addresses carry a hash, so that a change is seen at once. */
export interface ThemeOfPages {
  readonly productName: string;
  readonly stylesheet?: string;
  readonly logo?: string;
  readonly footer?: string;
  readonly supportUrl?: string;
}

/** A stylesheet that only sets the variables of `public/tandem.css`; nothing of ours stands in a page's own style. */
export function stylesheetOf({ accent, accentDark }: Theme): string | undefined {
  if (accent === undefined && accentDark === undefined) return undefined;
  const variables = (colour: string): string => `--accent: ${colour}; --accent-ink: ${inkOn(colour)};`;
  const dark = accentDark ?? forDarkGround(accent as string);
  return [
    ...(accent === undefined ? [] : [`:root { ${variables(accent)} }`]),
    `@media (prefers-color-scheme: dark) { :root { ${variables(dark)} } }`,
    '',
  ].join('\n');
}

const tag = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64url').slice(0, 12);

export function themeOfPages(theme: Theme): ThemeOfPages {
  const { productName, logo, footer, supportUrl } = theme;
  const stylesheet = stylesheetOf(theme);
  return {
    productName,
    ...(stylesheet === undefined ? {} : { stylesheet: `/assets/theme.css?v=${tag(stylesheet)}` }),
    ...(logo === undefined ? {} : { logo: `/assets/theme-logo?v=${tag(logo.content)}` }),
    ...(footer === undefined ? {} : { footer }),
    ...(supportUrl === undefined ? {} : { supportUrl }),
  };
}
