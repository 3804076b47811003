import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { parse } from 'yaml';
import { contrastViolationsOf, overflowOf, violationsOf } from '../accessible.js';
import { describeWithBrowser, launchChromium } from '../chromium.js';
import { startShownSystem } from './shown-system.js';
import type { ShownSystem } from './shown-system.js';
import type { ShownPage } from './steps.js';

/** A folder for pictures of every page, when they are wanted. */
const SCREENSHOTS = process.env['SCREENSHOTS'];
/** More configuration (YAML), to look at a theme. */
const SETTINGS = process.env['SETTINGS'] ?? '{}';

const SCHEMES = ['light', 'dark'] as const;
/** The narrow one is what everything must work in (WCAG 2.2 §1.4.10). */
const WIDE = { width: 1_280, height: 800 };
const NARROW = { width: 320, height: 640 };

/** Opens each of the pages in a browser and looks at it. */
export const lookAtPages = (pages: readonly ShownPage[]): void =>
  describeWithBrowser('every page', () => {
    let system: ShownSystem;
    let browser: Browser;
    beforeAll(async () => {
      [system, browser] = await Promise.all([startShownSystem(parse(SETTINGS) as object), launchChromium()]);
      if (SCREENSHOTS !== undefined) mkdirSync(SCREENSHOTS, { recursive: true });
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await system?.stop();
    }, 60_000);

    const contexts: BrowserContext[] = [];
    let complaints: string[];
    /** By which the page that is shown was asked for. */
    let method: string;
    afterEach(async () => {
      await Promise.all(contexts.splice(0).map((context) => context.close()));
      expect(complaints).toEqual([]);
    });

    /** The page in the narrow window. */
    async function shown(of: ShownPage, locale: string): Promise<Page> {
      const context = await browser.newContext({ extraHTTPHeaders: { 'accept-language': locale }, viewport: NARROW });
      contexts.push(context);
      complaints = [];
      context.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) complaints.push(message.text());
      });
      await system.withoutOffer(context);
      const page = await context.newPage();
      page.on('request', (request) => {
        if (request.isNavigationRequest()) method = request.method();
      });
      await of.open(page, system);
      expect(await page.getAttribute('html', 'lang')).toBe(locale.slice(0, 2));
      if (SCREENSHOTS !== undefined) await picture(page, join(SCREENSHOTS, `${of.name}-${locale.slice(0, 2)}`));
      return page;
    }

    /** Asks for the page once more; one that answers a form is walked to again, since a form counts once. */
    async function inGerman(of: ShownPage, english: Page): Promise<Page> {
      if (method !== 'GET' || SCREENSHOTS !== undefined) return shown(of, 'de-DE');
      const heading = await english.textContent('h1');
      await english.context().setExtraHTTPHeaders({ 'accept-language': 'de-DE' });
      await english.reload();
      expect(await english.getAttribute('html', 'lang')).toBe('de');
      expect(await english.textContent('h1')).not.toBe(heading);
      return english;
    }

    async function picture(page: Page, place: string): Promise<void> {
      for (const [width, size] of Object.entries({ wide: WIDE, narrow: NARROW })) {
        await page.setViewportSize(size);
        for (const colorScheme of SCHEMES) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${place}-${colorScheme}-${width}.png`, fullPage: true });
        }
      }
    }

    it.each(pages)(
      'shows $name to everybody, light and dark: nothing that WCAG AA forbids, nothing wider than a small window',
      async (page) => {
        const english = await shown(page, 'en-GB');
        await english.emulateMedia({ colorScheme: 'light' });
        expect(await violationsOf(english)).toEqual([]);
        await english.emulateMedia({ colorScheme: 'dark' });
        expect(await contrastViolationsOf(english)).toEqual([]);
        expect(await overflowOf(english)).toBe(0);
        expect(await overflowOf(await inGerman(page, english))).toBe(0);
      },
    );
  });
