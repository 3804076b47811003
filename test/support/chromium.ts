import { existsSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

const PLACES = [
  process.env['CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The browser of this machine, if it has one. */
export const chromiumPath: string | undefined = PLACES.find((place) => place !== undefined && existsSync(place));

if (chromiumPath === undefined)
  console.warn('SKIPPED: browser journeys need Chromium (apt-get install -y chromium, or CHROMIUM=/path).');

/** `describe` where there is a browser; skipped, with the line above, where there is none. */
export const describeWithBrowser = chromiumPath === undefined ? describe.skip : describe;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath as string,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
