import { keepRunning } from './keep-running.js';
import { processExists } from './process-exists.js';
import { ServiceProcess } from './service-process.js';

const aProcess = (script: string): ServiceProcess =>
  new ServiceProcess({
    name: 'example',
    command: process.execPath,
    args: ['-e', script],
    env: { PATH: process.env.PATH },
    stopSignal: 'SIGTERM',
  });

const whenLine = (text: string) => (line: string) => (line.includes(text) ? line : undefined);

describe('a service process', () => {
  it('shows lines that were printed before somebody waited, and ends when asked', async () => {
    const service = aProcess('console.log("one"); console.log("two"); setInterval(() => {}, 1000)');
    await service.waitForLine(whenLine('two'));
    expect(await service.waitForLine(whenLine('one'))).toBe('one');
    const { pid } = service;
    expect(await service.stop()).toEqual({ code: null, signal: 'SIGTERM' });
    expect(processExists(pid)).toBe(false);
  });

  it('tells the last lines of a process that ended instead of getting ready', async () => {
    const service = aProcess('console.error("the disk is full"); process.exit(3)');
    await expect(service.waitForLine(whenLine('ready'))).rejects.toThrow(
      /example ended \(exit code 3\)[^]*the disk is full/,
    );
  });

  it('tells what was on standard error, also when much was printed after it', async () => {
    const service = aProcess(
      'console.error("the disk is full"); for (let i = 0; i < 100; i++) console.log(i); process.exit(3)',
    );
    await expect(service.waitForLine(whenLine('ready'))).rejects.toThrow(/the disk is full[^]*99/);
  });

  it('tells that the program does not exist', async () => {
    const service = new ServiceProcess({
      name: 'nothing',
      command: '/no/such/program',
      args: [],
      env: {},
      stopSignal: 'SIGTERM',
    });
    await expect(service.waitForLine(whenLine('ready'))).rejects.toThrow(/ENOENT/);
  });

  it('tells that it ended, and accepts a new start', async () => {
    let service = aProcess('setInterval(() => {}, 1000)');
    const said: string[] = [];
    const end = new AbortController();
    let back: () => void;
    const started = new Promise<void>((resolve) => (back = resolve));
    const kept = {
      name: 'example',
      get exited() {
        return service.exited;
      },
      start: async () => {
        service = aProcess('setInterval(() => {}, 1000)');
        back();
      },
    };
    const keeping = keepRunning(kept, (line) => said.push(line), end.signal);
    service.kill('SIGKILL');
    await started;
    end.abort();
    await service.stop();
    await keeping;
    expect(said[0]).toBe('example ended (SIGKILL); starting it again in 0.5 s');
  });
});
