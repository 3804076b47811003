import { connect } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { gone, processExists } from '../processes/process-exists.js';
import { aFolder, aStarter } from '../starter.spec-support.js';
import { findNatsServer } from './find-nats-server.js';
import { startNats } from './start-nats.js';

/** What the server says of itself to whoever connects. */
async function greeting(port: number): Promise<Readonly<Record<string, unknown>>> {
  const socket = connect(port, '127.0.0.1');
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return JSON.parse(chunk.toString().replace(/^INFO /, '')) as Readonly<Record<string, unknown>>;
}

describe('the embedded nats-server', () => {
  const folder = aFolder();
  const dataDir = join(folder.path, 'nats');
  afterAll(() => folder.remove());

  it('accepts connections with JetStream on, and keeps its port over a restart', async () => {
    const first = await startNats({ dataDir });
    expect(await greeting(first.port)).toMatchObject({ jetstream: true, host: '127.0.0.1' });
    await first.stop();
    expect(processExists(first.pid)).toBe(false);

    const second = await startNats({ dataDir });
    expect(second.port).toBe(first.port);
    await second.stop();
  });

  it('refuses strangers when its configuration names users', async () => {
    const closed = await startNats({ dataDir, config: 'authorization { user: someone, password: "a-long-one" }' });
    expect(await greeting(closed.port)).toMatchObject({ auth_required: true });
    await closed.stop();
  });

  it('tells what is wrong with a configuration', async () => {
    await expect(startNats({ dataDir, config: 'no_such_option: 1' })).rejects.toThrow(
      /nats-server ended.*no_such_option/s,
    );
  });

  it('tells that NATS_SERVER_BIN is no nats-server', async () => {
    await expect(findNatsServer({ NATS_SERVER_BIN: process.execPath })).rejects.toThrow(/is not a nats-server/);
  });

  it('shows no trace once its starter was killed by kill -9', async () => {
    const { starter, servicePid } = await aStarter(`startNats(${JSON.stringify({ dataDir })})`);
    expect(processExists(servicePid)).toBe(true);
    starter.kill('SIGKILL');
    expect(await gone(servicePid, 5)).toBe(true);
  });
});
