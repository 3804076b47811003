import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./serving-app.spec-support.mjs', import.meta.url));

class ServingProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly messages: string[] = [];
  /** When each message was said first, epoch milliseconds. On a busy machine lines can overtake one another. */
  readonly saidAt = new Map<string, number>();
  private readonly exited: Promise<unknown[]>;
  private readonly waiting: { readonly message: string; readonly tell: () => void }[] = [];
  url = '';

  constructor(...words: string[]) {
    this.child = spawn(process.execPath, [PROGRAM, ...words]);
    this.exited = once(this.child, 'exit');
    createInterface(this.child.stdout).on('line', (line) => this.read(line));
  }

  async until(message: string): Promise<void> {
    if (this.messages.includes(message)) return;
    await new Promise<void>((tell) => this.waiting.push({ message, tell }));
  }

  async exitCode(): Promise<unknown> {
    return (await this.exited)[0];
  }

  private read(line: string): void {
    const { msg, url, time } = JSON.parse(line) as {
      readonly msg: string;
      readonly url?: string;
      readonly time: number;
    };
    if (msg === 'listening') this.url = url as string;
    this.messages.push(msg);
    if (!this.saidAt.has(msg)) this.saidAt.set(msg, time);
    for (const { message, tell } of this.waiting) if (message === msg) tell();
  }
}

describe('serve', () => {
  let serving: ServingProcess;
  const start = async (...words: string[]): Promise<ServingProcess> => {
    serving = new ServingProcess(...words);
    await serving.until('listening');
    return serving;
  };
  afterEach(() => serving.child.kill('SIGKILL'));

  it('tells its address in one line', async () => {
    const { url } = await start();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  }, 30_000);

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'accepts %s, finishes what is in flight before it ends what requests stand on, and exits with 0',
    async (signal) => {
      const { url, child } = await start();
      // A kept connection that does nothing must not hold the process.
      const agent = new Agent({ keepAlive: true });
      await new Promise((resolve) =>
        get(`${url}/health/live`, { agent }, (answer) => answer.resume().on('end', resolve)),
      );
      const answer = fetch(`${url}/slow`);
      await serving.until('slow request came');
      child.kill(signal);
      await serving.until('shutting down');
      // A second one, by an impatient operator, must not cut what is in flight.
      child.kill(signal);
      expect(await (await answer).text()).toBe('slow but whole');
      expect(await serving.exitCode()).toBe(0);
      expect(serving.saidAt.get('slow request done')).toBeLessThanOrEqual(serving.saidAt.get('pool ended') as number);
      expect(serving.messages.filter((message) => message === 'shutting down')).toHaveLength(1);
      agent.destroy();
    },
    30_000,
  );

  it('tells of a forgotten rejection and exits with 1', async () => {
    const { url } = await start();
    await fetch(`${url}/rejecting`).catch(() => undefined);
    expect(await serving.exitCode()).toBe(1);
    expect(serving.messages).toContain('unhandled rejection');
  }, 30_000);

  it('accepts the end of its standard input as the end of its parent, when told to watch it', async () => {
    const watching = await start('--parent-watch');
    watching.child.stdin.end();
    expect(await watching.exitCode()).toBe(0);
  }, 30_000);

  it('accepts a closed standard input when not told to watch it', async () => {
    const { child, url } = await start();
    child.stdin.end();
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  }, 30_000);
});
