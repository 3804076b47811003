/** `npm start`, once everything is installed and built: the demo system until Ctrl-C. */
import { existsSync, readFileSync } from 'node:fs';
import { DEMO } from './system/demo-configuration.js';
import { DemoSystem, type Timing } from './system/demo-system.js';
import { lockFolder } from './system/folder-lock.js';
import { readSettings, refusePortsInUse, type Settings } from './system/settings.js';

const PARENT_LOOK_MS = 1_000;
/** The watchdog of a killed starter needs a moment to end what it had started. */
const PATIENCE_MS = 5_000;

const say = (line: string): void => console.log(line);
const seconds = (value: number): string => `${value.toFixed(1)} s`;

/** Resolves with the reason when somebody wants us to end. */
function askedToEnd(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    // npm killed by force tells us nothing, but leaves us, or the shell between, to another parent.
    if (process.env.npm_lifecycle_event === undefined) return;
    const before = ancestors();
    setInterval(() => ancestors() !== before && resolve('the end of npm'), PARENT_LOOK_MS).unref();
  });
}

/** Our parent and, where the system shows it, the parent's parent. */
function ancestors(): string {
  const status = `/proc/${process.ppid}/status`;
  const parentOfParent = existsSync(status) ? /^PPid:\s*(\d+)/m.exec(readFileSync(status, 'utf8'))?.[1] : '';
  return `${process.ppid} ${parentOfParent}`;
}

function report(settings: Settings, system: DemoSystem, timing: Timing, total: number): void {
  const { postgres, nats, apps } = timing;
  const management = system.app('auth-server').managementUrl;
  say(`
Tandem is running.

  Sample client    ${settings.sampleClientUrl}      sign in here: ${DEMO.user.email} / ${DEMO.user.password}
  Issuer           ${settings.issuer}     discovery at ${settings.issuer}.well-known/openid-configuration
  API              ${settings.resourceApiUrl}${management === undefined ? '' : `\n  Metrics          ${management}/metrics`}
  Data and logs    ${settings.dataDir}

ready in ${seconds(total)} (postgres ${seconds(postgres)}, nats ${seconds(nats)}, apps ${seconds(apps)})
Ctrl-C stops everything and keeps the data.`);
}

async function main(): Promise<void> {
  const began = Date.now();
  const settings = await readSettings();
  const lock = lockFolder(settings.dataDir);
  const asked = askedToEnd();
  const system = new DemoSystem(settings, say);
  try {
    await refusePortsInUse(settings, lock.abandoned ? PATIENCE_MS : 0);
  } catch (error) {
    lock.release();
    throw error;
  }
  try {
    say('Starting PostgreSQL, nats-server and three apps …');
    const started = system.start();
    started.catch(() => undefined);
    const early = await Promise.race([started, asked]);
    if (typeof early === 'string') return;
    report(settings, system, early, (Date.now() - began) / 1000);
    await asked;
  } finally {
    say('Stopping …');
    await system.stop();
    lock.release();
  }
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
