import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { watch } from './watchdog.js';

const KEPT_LINES = 20_000;
const SHOWN_LINES = 15;
const STOP_SECONDS = 10;

export interface ServiceProcessOptions {
  /** How people know it: "postgres", "auth-server". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** What asks it to end in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** Receives what it prints, beside the lines kept in memory. */
  readonly logFile?: string;
}

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class ProcessFailed extends Error {
  override readonly name = 'ProcessFailed';
}

/** A child process under the watchdog, with its output as lines. */
export class ServiceProcess {
  readonly exited: Promise<ExitStatus>;
  readonly lines: string[] = [];
  /** Last lines of standard error: a busy starter may read them before much that was printed earlier. */
  private complaints: readonly string[] = [];
  private readonly child: ChildProcess;
  private readonly listeners = new Set<(line: string) => void>();
  private log: WriteStream | undefined;
  private ended: ExitStatus | undefined;

  constructor(private readonly options: ServiceProcessOptions) {
    const { command, args, env, cwd, uid, gid, logFile, stopSignal } = options;
    // A process group of its own: on Ctrl-C we decide who ends first. Its stdin is a pipe that closes with us.
    const child = spawn(command, args, { env, cwd, uid, gid, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child = child;
    if (logFile !== undefined) {
      this.log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
      // A full disk must not end the starter; the last lines are kept in memory anyway.
      this.log.on('error', () => (this.log = undefined));
    }
    for (const stream of [child.stdout, child.stderr])
      if (stream) createInterface({ input: stream }).on('line', (line) => this.take(line, stream === child.stderr));
    child.stdin?.on('error', () => undefined);
    const forget = child.pid === undefined ? undefined : watch(child.pid, stopSignal);
    this.exited = new Promise((resolve) => {
      const settle = (status: ExitStatus): void => {
        if (this.ended !== undefined) return;
        this.ended = status;
        forget?.();
        this.log?.end();
        resolve(status);
      };
      child.once('error', (error) => {
        this.take(error.message, true);
        settle({ code: 127, signal: null });
      });
      child.once('close', (code, signal) => settle({ code, signal }));
    });
  }

  get name(): string {
    return this.options.name;
  }

  /** @throws when the process could not be started at all. */
  get pid(): number {
    if (this.child.pid === undefined) throw new ProcessFailed(`${this.name} could not be started`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.ended === undefined;
  }

  /** @returns what stops listening. */
  onLine(listener: (line: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * The first line, printed already or to come, of which `read` makes something.
   *
   * @throws ProcessFailed, with the last lines, when the process ends or the time is over before.
   */
  async waitForLine<Value>(read: (line: string) => Value | undefined, seconds = 30): Promise<Value> {
    for (const line of this.lines) {
      const value = read(line);
      if (value !== undefined) return value;
    }
    let forget = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Value>((resolve, reject) => {
        forget = this.onLine((line) => {
          const value = read(line);
          if (value !== undefined) resolve(value);
        }) as () => undefined;
        timer = setTimeout(() => reject(this.failure(`was not ready after ${seconds} s`)), seconds * 1000);
        void this.exited.then(({ code, signal }) => reject(this.failure(`ended (${signal ?? `exit code ${code}`})`)));
      });
    } finally {
      forget();
      clearTimeout(timer);
    }
  }

  /** An error that shows the last lines of the process. */
  failure(what: string): ProcessFailed {
    const last = this.lines.slice(-SHOWN_LINES);
    const tail = [...this.complaints.filter((line) => !last.includes(line)), ...last].map((line) => `  ${line}`);
    return new ProcessFailed([`${this.name} ${what}. Its last lines:`, ...tail].join('\n'));
  }

  kill(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }

  /** Ends it in good order, or by force when it takes too long. */
  async stop(signal: NodeJS.Signals = this.options.stopSignal): Promise<ExitStatus> {
    this.kill(signal);
    const timer = setTimeout(() => this.kill('SIGKILL'), STOP_SECONDS * 1000);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  private take(line: string, isComplaint: boolean): void {
    this.lines.push(line);
    if (isComplaint) this.complaints = [...this.complaints, line].slice(-SHOWN_LINES);
    if (this.lines.length > KEPT_LINES) this.lines.splice(0, KEPT_LINES / 2);
    this.log?.write(`${line}\n`);
    for (const listener of this.listeners) listener(line);
  }
}
