import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startTandem } from '@tandem/testing';
import type { RunningTandem } from '@tandem/testing';
import type { Browser } from 'playwright-core';
import { overflowOf, violationsOf } from '../support/accessible.js';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { SHOWN_PAGES } from '../support/shown-pages.js';

/** A folder for pictures of every page, when they are wanted. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
/** More configuration (YAML), to look at a theme. */
const SETTINGS = process.env['SETTINGS'] ?? '';

const SCHEMES = ['light', 'dark'] as const;
/** The narrow one is what everything must work in (WCAG 2.2 §1.4.10). */
const WINDOWS = { wide: { width: 1_280, height: 800 }, narrow: { width: 320, height: 640 } };

describeWithBrowser('every page', () => {
  let tandem: RunningTandem;
  let browser: Browser;
  beforeAll(async () => {
    [tandem, browser] = await Promise.all([
      startTandem({ apps: ['auth-server'], settings: SETTINGS }),
      launchChromium(),
    ]);
    if (SCREENSHOTS !== undefined) mkdirSync(SCREENSHOTS, { recursive: true });
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await tandem?.stop();
  }, 60_000);

  it.each(SHOWN_PAGES.flatMap((shown) => ['en-GB', 'de-DE'].map((locale) => [shown.name, locale, shown] as const)))(
    'shows %s (%s) to everybody, light and dark: nothing that WCAG AA forbids, nothing wider than a small window',
    async (name, locale, shown) => {
      const context = await browser.newContext({ locale });
      const complaints: string[] = [];
      context.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
      });
      try {
        const page = await context.newPage();
        await shown.open(page, tandem);
        expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2));
        for (const colorScheme of SCHEMES)
          for (const [width, size] of Object.entries(WINDOWS)) {
            await page.emulateMedia({ colorScheme });
            await page.setViewportSize(size);
            const look = `${name}-${locale.slice(0, 2)}-${colorScheme}-${width}`;
            if (SCREENSHOTS !== undefined)
              await page.screenshot({ path: join(SCREENSHOTS, `${look}.png`), fullPage: true });
            const seen = { look, violations: await violationsOf(page), overflow: await overflowOf(page) };
            expect(seen).toEqual({ look, violations: [], overflow: 0 });
          }
        expect(complaints).toEqual([]);
      } finally {
        await context.close();
      }
    },
  );
});
