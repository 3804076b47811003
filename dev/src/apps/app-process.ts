import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { inProject } from '../paths.js';
import { type ExitStatus, ServiceProcess } from '../processes/service-process.js';

export type AppName = 'auth-server' | 'resource-api' | 'sample-client';

/** In the order in which they are named to people. */
export const APP_NAMES: readonly AppName[] = ['auth-server', 'resource-api', 'sample-client'];

export interface AppOptions {
  readonly name: AppName;
  /** All that the app sees of the environment. */
  readonly env: NodeJS.ProcessEnv;
  /** Another build of the app than the project's own. */
  readonly program?: string;
  readonly logFile?: string;
  readonly readySeconds?: number;
}

const LOOK_EVERY_MS = 50;
/** Room for young objects, MiB, as in the images: the auth-server's CPU is worth more than its memory (docs/performance.md). */
const SEMI_SPACE_MIB: Readonly<Record<AppName, number>> = { 'auth-server': 32, 'resource-api': 4, 'sample-client': 4 };
/** Node's arguments for an app, and one arena of glibc's: its others hold some 8 MiB that few threads ever use. */
export const launchOf = (name: AppName): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv } => ({
  args: [`--max-semi-space-size=${SEMI_SPACE_MIB[name]}`],
  env: { MALLOC_ARENA_MAX: '1' },
});

interface Listening {
  readonly url: string;
  readonly managementUrl?: string;
}

/** One of the three apps as a child process that ends with us; the same object lives on across restarts. */
export class AppProcess {
  private process: ServiceProcess | undefined;
  private listening: Listening | undefined;
  private readonly earlier: string[] = [];

  constructor(private readonly options: AppOptions) {}

  get name(): AppName {
    return this.options.name;
  }

  get pid(): number {
    return this.current().pid;
  }

  get running(): boolean {
    return this.process?.running ?? false;
  }

  /** Where it listens, by loopback address and real port. */
  get url(): string {
    return this.ready().url;
  }

  get managementUrl(): string | undefined {
    return this.ready().managementUrl;
  }

  /** Resolves when the present process has ended, for whatever reason. */
  get exited(): Promise<ExitStatus> {
    return this.current().exited;
  }

  /** What it printed, over all restarts. */
  logs(): readonly string[] {
    return [...this.earlier, ...(this.process?.lines ?? [])];
  }

  /**
   * Starts it and waits until it listens.
   *
   * @throws ProcessFailed, with its last lines, when it ends before.
   */
  async start(): Promise<void> {
    const program = this.options.program ?? inProject('apps', this.name, 'bundle/main.js');
    if (!existsSync(program)) throw new Error(`${this.name} is not built: run "npm run build".`);
    this.earlier.push(...(this.process?.lines ?? []));
    const { args, env } = launchOf(this.name);
    const child = new ServiceProcess({
      name: this.name,
      command: process.execPath,
      args: [...args, program],
      env: { ...env, ...this.options.env, TANDEM_PARENT_WATCH: '1' },
      cwd: inProject(),
      stopSignal: 'SIGTERM',
      logFile: this.options.logFile,
    });
    this.process = child;
    try {
      this.listening = await child.waitForLine(readListening, this.options.readySeconds ?? 30);
    } catch (error) {
      await child.stop('SIGKILL');
      throw error;
    }
  }

  /**
   * Waits until it is ready for real requests: it may listen while it still waits for another app.
   *
   * @throws with what it waits for when the time is over.
   */
  async untilReady(seconds = 20): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const { ok, text } = await healthOf(this.url);
      if (ok) return;
      if (Date.now() > deadline || !this.running) throw this.current().failure(`is not ready: ${text}`);
      await pause(LOOK_EVERY_MS);
    }
  }

  /** Asks it to end in good order; resolves when it is gone. */
  async stop(): Promise<ExitStatus | undefined> {
    return this.process?.stop();
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.process?.kill(signal);
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  onLine(listener: (line: string) => void): () => void {
    return this.current().onLine(listener);
  }

  /** The first line, printed by the present process or to come, that `test` accepts. */
  waitForLog(test: (line: string) => boolean, seconds = 15): Promise<string> {
    return this.current().waitForLine((line) => (test(line) ? line : undefined), seconds);
  }

  private current(): ServiceProcess {
    if (this.process === undefined) throw new Error(`${this.name} was not started`);
    return this.process;
  }

  private ready(): Listening {
    if (this.listening === undefined) throw new Error(`${this.name} is not listening`);
    return this.listening;
  }
}

/** Starts an app and waits until it listens. */
export async function startApp(options: AppOptions): Promise<AppProcess> {
  const app = new AppProcess(options);
  await app.start();
  return app;
}

function readListening(line: string): Listening | undefined {
  if (!line.startsWith('{') || !line.includes('"listening"')) return undefined;
  const { msg, url, managementUrl } = JSON.parse(line) as Readonly<Record<string, unknown>>;
  if (msg !== 'listening' || typeof url !== 'string') return undefined;
  return { url, ...(typeof managementUrl === 'string' ? { managementUrl } : {}) };
}

async function healthOf(url: string): Promise<{ readonly ok: boolean; readonly text: string }> {
  try {
    const response = await fetch(`${url}/health/ready`);
    return { ok: response.ok, text: await response.text() };
  } catch (error) {
    return { ok: false, text: String(error) };
  }
}
