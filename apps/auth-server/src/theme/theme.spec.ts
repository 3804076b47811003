import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from '../running-app.spec-support.js';

const LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';

const pageOf = async (running: RunningApp): Promise<string> =>
  (await fetch(`${running.url}/authorize`, { headers: { accept: 'text/html' } })).text();
const pathIn = (page: string, pattern: RegExp): string => pattern.exec(page)?.[1] ?? 'none';

describe('a declared theme', () => {
  const folder = mkdtempSync(join(tmpdir(), 'theme-'));
  let running: RunningApp;
  beforeAll(async () => {
    writeFileSync(join(folder, 'logo.svg'), LOGO);
    const theme = {
      product_name: 'Acme & Sons',
      logo: join(folder, 'logo.svg'),
      accent: '#0a6b3d',
      footer: 'Acme, since 1950',
      support_url: 'https://help.acme.example/',
    };
    running = await startApp(JSON.stringify({ theme }));
  });
  afterAll(async () => {
    await running.close();
    rmSync(folder, { recursive: true });
  });

  it('shows its name, logo, footer and help on the page, without a style of its own', async () => {
    const page = await pageOf(running);
    expect(page).toContain('· Acme &amp; Sons</title>');
    expect(page).toContain('alt="Acme &amp; Sons"');
    expect(page).toContain('Acme, since 1950');
    expect(page).toContain('href="https://help.acme.example/"');
    expect(page).not.toMatch(/<style|style="/);
  });

  it('issues the colours as a stylesheet, the dark one made light enough', async () => {
    const path = pathIn(await pageOf(running), /href="(\/assets\/theme\.css\?v=[^"]+)"/);
    const answer = await fetch(running.url + path);
    expect(answer.headers.get('content-type')).toBe('text/css; charset=utf-8');
    const styles = await answer.text();
    expect(styles).toContain(':root { --accent: #0a6b3d; --accent-ink: #ffffff; }');
    expect(styles).toMatch(/prefers-color-scheme: dark.* --accent: #(?!0a6b3d)[0-9a-f]{6}; --accent-ink: #000000;/);
  });

  it('issues the logo as a picture that can not become a page', async () => {
    const path = pathIn(await pageOf(running), /src="(\/assets\/theme-logo\?v=[^"]+)"/);
    const answer = await fetch(running.url + path);
    expect(await answer.text()).toBe(LOGO);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('no theme', () => {
  let running: RunningApp;
  beforeAll(async () => {
    running = await startApp('{}');
  });
  afterAll(() => running.close());

  it('shows Tandem’s own name and colours', async () => {
    const page = await pageOf(running);
    expect(page).toContain('· Tandem</title>');
    expect(page).not.toContain('/assets/theme');
    for (const path of ['theme.css', 'theme-logo'])
      expect((await fetch(`${running.url}/assets/${path}`)).status).toBe(404);
  });
});
