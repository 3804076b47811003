import axe from 'axe-core';
import type { AxeResults, RunOnly } from 'axe-core';
import type { Page } from 'playwright-core';

/** WCAG 2.2, levels A and AA, and what axe's authors hold to be good practice. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds wrong with the page as it is shown now, a line for each place. */
export const violationsOf = (page: Page): Promise<readonly string[]> =>
  violationsOfRules(page, { type: 'tag', values: RULES });

/** The same for what other colours can change. */
export const contrastViolationsOf = (page: Page): Promise<readonly string[]> =>
  violationsOfRules(page, { type: 'rule', values: ['color-contrast', 'link-in-text-block'] });

async function violationsOfRules(page: Page, runOnly: RunOnly): Promise<readonly string[]> {
  // Given to the engine and not to the page, whose policy admits no script of others.
  if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify({ runOnly })})`)) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id} (${help}) at ${target.join(' ')}: ${failureSummary}`),
  );
}

/** Pixels by which the page is wider than the window: nobody should have to scroll sideways (WCAG 2.2 §1.4.10). */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth') as Promise<number>;
