import { demoConfiguration, freePort } from '@tandem/dev';
import { startTandem, tamperedWith, TestDirectory, UserAgent } from '@tandem/testing';
import type { Page, RunningTandem, TestDirectoryOptions } from '@tandem/testing';
import type { Browser } from 'playwright-core';
import { stringify } from 'yaml';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { DemoClient } from '../support/demo-client.js';

const LOCALHOST_NAMES = new URL('../support/localhost-names.mjs', import.meta.url).href;
const ATTEMPTS = 5;

const person = (uid: string, id: string, mail?: string): TestDirectoryOptions['entries'][number] => ({
  dn: `uid=${uid},ou=people,dc=example`,
  password: `${uid}-secret`,
  attributes: {
    uid,
    cn: `Name of ${uid}`,
    givenName: uid,
    entryUUID: id,
    ...(mail === undefined ? {} : { mail }),
  },
});
const READER = { dn: 'cn=reader,dc=example', password: 'reads-42', attributes: { cn: 'reader' } };

let directory: TestDirectory;
let tandem: RunningTandem;

beforeAll(async () => {
  directory = await TestDirectory.start({
    baseDn: 'dc=example',
    reader: READER.dn,
    entries: [
      READER,
      person('erin', 'id-1', 'erin@directory.example'),
      person('frank', 'id-2', 'alice@example.com'),
      person('grace', 'id-3'),
      person('heidi', 'id-4', 'heidi@directory.example'),
    ],
  });
  const login = {
    methods: ['password', 'ldap'],
    ldap: {
      url: `ldap://localhost:${directory.port}`,
      bind_dn: READER.dn,
      bind_password: READER.password,
      base_dn: 'dc=example',
      display_name: 'Company directory',
      timeout_seconds: 2,
    },
  };
  const port = await freePort();
  tandem = await startTandem({
    hosts: { issuer: 'op.localhost', sampleClient: 'rp.localhost' },
    env: { NODE_OPTIONS: `--import=${LOCALHOST_NAMES}` },
    ports: { 'sample-client': port },
    config: `${demoConfiguration(`http://rp.localhost:${port}`)}\n${stringify({
      login,
      login_throttle: { attempts_per_account: ATTEMPTS, window_seconds: 600 },
    })}`,
  });
}, 60_000);
afterAll(async () => {
  await tandem?.stop();
  await directory?.stop();
}, 60_000);

let agent: UserAgent;
let client: DemoClient;
beforeEach(() => {
  client = new DemoClient(tandem);
  agent = client.agent;
  directory.asked.splice(0);
});
afterEach(() => agent.close());

const open = (): Promise<Page> => agent.open(client.authorizationUrl({ scope: 'openid profile email' }));
const ldapForm = (page: Page): ReturnType<Page['form']> => {
  const { page: at, ...form } = page.form();
  const fields = form.fields.map(([name, value]) => [name, name === 'method' ? 'ldap' : value] as const);
  return { ...form, page: at, fields };
};
const enter = async (page: Page, username: string, password: string): Promise<Page> =>
  agent.follow(await agent.submit(ldapForm(page), { username, password }));

/** Allows what is asked and tells what the ID token says. */
async function claimsAfter(page: Page): Promise<Readonly<Record<string, unknown>>> {
  const last =
    page.form().action.pathname === '/consent'
      ? await agent.follow(await agent.submit(page.form(), { decision: 'accept' }))
      : page;
  const fields = Object.fromEntries(last.form().fields);
  if (fields['id_token'] === undefined) throw new Error(`nobody was signed in: ${last.text}`);
  const [, payload = ''] = fields['id_token'].split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Readonly<Record<string, unknown>>;
}

describe('sign-in by a directory', () => {
  it('shows a form of its own, and accepts name and password', async () => {
    const page = await open();
    expect(page.text).toContain('Sign in with Company directory');
    expect(page.find('input[name="method"][value="ldap"]')).toHaveLength(1);
    const claims = await claimsAfter(await enter(page, 'erin', 'erin-secret'));
    expect(claims).toMatchObject({
      name: 'Name of erin',
      given_name: 'erin',
      preferred_username: 'erin',
      email: 'erin@directory.example',
      email_verified: true,
      amr: ['pwd'],
      acr: 'urn:tandem:acr:single-factor',
    });
  });

  it('knows an entry again after it was renamed', async () => {
    const before = await claimsAfter(await enter(await open(), 'grace', 'grace-secret'));
    expect(before).not.toHaveProperty('email');
    const { entries } = directory;
    directory.entries = entries.map((entry) =>
      entry.attributes['uid'] === 'grace' ? { ...person('gracie', 'id-3'), password: 'other-secret' } : entry,
    );
    agent = (client = new DemoClient(tandem)).agent;
    const after = await claimsAfter(await enter(await open(), 'gracie', 'other-secret'));
    expect(after['sub']).toBe(before['sub']);
    directory.entries = entries;
  });

  it('refuses a wrong password and an unknown name by the same page', async () => {
    const known = await enter(await open(), 'heidi', 'wrong');
    const unknown = await enter(known, 'nobody', 'wrong');
    expect(known.text).toContain('User name or password is not right');
    expect(known.status).toBe(unknown.status);
    expect(unknown.body.replaceAll('nobody', 'heidi')).toBe(known.body);
  });

  it('refuses an empty password and a password without a name, and asks nobody', async () => {
    const page = await open();
    for (const changes of [{ password: '' }, { password: undefined }, { username: '' }, { username: undefined }]) {
      const filled = tamperedWith(ldapForm(page), { username: 'erin', password: 'erin-secret', ...changes });
      expect((await agent.submit(filled)).text).toContain('User name or password is not right');
    }
    expect(directory.asked).toEqual([]);
  });

  it.each(['*', 'erin)(uid=*', '*)(|(uid=*', 'er*'])('refuses the name %s', async (name) => {
    expect((await enter(await open(), name, 'erin-secret')).text).toContain('User name or password is not right');
    expect(directory.asked[1]).toMatch(/^search EqualityFilter/);
  });

  it('asks for proof when the address belongs to an account here', async () => {
    const asked = await enter(await open(), 'frank', 'frank-secret');
    expect(asked.text).toContain('You already have an account');
    const alice = { username: 'alice@example.com', password: 'wonderland-42' };
    const { sub } = await claimsAfter(await agent.follow(await agent.submit(asked.form(), alice)));
    agent = (client = new DemoClient(tandem)).agent;
    const again = await claimsAfter(await enter(await open(), 'frank', 'frank-secret'));
    expect(again['sub']).toBe(sub);
  });

  it('tells that the directory is away, and accepts the same page once it is back', async () => {
    const page = await open();
    const { port, entries } = directory;
    await directory.stop();
    const away = await enter(page, 'erin', 'erin-secret');
    expect(away.status).toBe(503);
    expect(away.text).toContain('directory can not be asked');
    expect(away.text).not.toContain('not right');
    directory = await TestDirectory.start({ baseDn: 'dc=example', reader: READER.dn, entries, port });
    await claimsAfter(await enter(away, 'erin', 'erin-secret'));
  });

  it('looks at no more passwords than the throttle allows, in any spelling of the name', async () => {
    let page = await open();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1)
      page = await enter(page, attempt % 2 === 0 ? 'ivan' : ' IVAN ', 'wrong');
    const asked = directory.asked.length;
    const refused = await enter(page, 'ivan', 'wrong');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(directory.asked).toHaveLength(asked);
    await claimsAfter(await enter(refused, 'erin', 'erin-secret'));
  });

  it('tells no password in its log', () => {
    const log = tandem.logs('auth-server').join('\n');
    expect(log).toContain('directory unavailable');
    expect(log).not.toMatch(/-secret|reads-42/);
  });
});

describeWithBrowser('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  it('accepts a whole hybrid sign-in', async () => {
    const page = await browser.newPage();
    await page.goto(tandem.sampleClientUrl);
    await page.check('input[value="code id_token"]');
    await page.check('input[value="form_post"]');
    await page.click('button:has-text("Login")');
    await page.waitForURL('**/login?**');
    if (process.env['SCREENSHOTS'] !== undefined)
      await page.screenshot({ path: `${process.env['SCREENSHOTS']}/login-ldap.png`, fullPage: true });
    await page.click('summary:has-text("Company directory")');
    await page.fill('#ldap-username', 'heidi');
    await page.fill('#ldap-password', 'heidi-secret');
    await page.click('button:has-text("Sign in with Company directory")');
    await page.waitForURL('**/consent**');
    await page.click('button:has-text("Allow")');
    await page.waitForURL('**/welcome');
    expect(await page.textContent('h1')).toBe('Hello, Name of heidi');
    await page.click('button:has-text("Exchange the code")');
    await page.waitForURL('**/flow');
    expect(await page.locator('.bad').count()).toBe(0);
    expect(await page.locator('.steps > li.open').count()).toBe(0);
  });
});
