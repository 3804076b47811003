import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { httpsUrl, shortText } from '@tandem/protocol';
import type { Reader } from '@tandem/protocol';
import { AA, COLOUR, GROUNDS, lowestContrast } from '../theme/contrast.js';
import type { Theme } from './declared-configuration.js';
import { readSettings } from './reading.js';
import type { Report } from './reading.js';

const DEFAULT: Theme = { productName: 'Tandem' };
const MAXIMUM_LOGO_BYTES = 200_000;
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.webp': 'image/webp',
};

/** `theme`: name, logo and colours of the pages. */
export function readTheme(value: unknown, folder: string, report: Report): Theme {
  return readSettings<Theme>(
    value,
    'theme',
    {
      productName: ['product_name', shortText(60)],
      logo: ['logo', logoIn(folder)],
      accent: ['accent', colourOn(GROUNDS.light, 'light')],
      accentDark: ['accent_dark', colourOn(GROUNDS.dark, 'dark')],
      footer: ['footer', shortText(200)],
      supportUrl: ['support_url', httpsUrl],
    },
    DEFAULT,
    report,
  );
}

/** A colour that can be read on the grounds of the pages. */
const colourOn =
  (grounds: readonly string[], name: string): Reader<string> =>
  (value, path, report) => {
    if (typeof value !== 'string' || !COLOUR.test(value)) return void report(path, 'must be a colour like "#1f5fd6"');
    const ratio = lowestContrast(value, grounds);
    // Rounded down, so that 4.49 is not told as the 4.5 that it misses.
    const told = Math.floor(ratio * 10) / 10;
    return ratio >= AA
      ? value
      : void report(path, `has a contrast of ${told} with the ${name} ground, and text needs ${AA} (WCAG AA)`);
  };

/** A picture in a file beside the configuration. */
const logoIn =
  (folder: string): Reader<NonNullable<Theme['logo']>> =>
  (value, path, report) => {
    const name = shortText(500)(value, path, report);
    if (name === undefined) return undefined;
    const mediaType = MEDIA_TYPES[extname(name).toLowerCase()];
    if (mediaType === undefined) return void report(path, 'must be a .svg, .png, .jpg or .webp file');
    try {
      const content = readFileSync(resolve(folder, name));
      if (content.length > MAXIMUM_LOGO_BYTES) return void report(path, 'is larger than 200 kB');
      return { mediaType, content };
    } catch {
      return void report(path, 'can not be read');
    }
  };
