import { execFileSync } from 'node:child_process';

/** CPU microseconds of the operations that nothing can avoid, on the servers' core. */
export interface Calibration {
  readonly rs256: number;
  readonly es256: number;
  /** One verification of a password with argon2id at the recommended cost, two at a time as the server runs them. */
  readonly argon2id: number;
}

const PROGRAM = `
import { generateKeyPairSync, sign } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
const cpu = async (milliseconds, work) => {
  await work();
  const before = process.cpuUsage();
  const end = performance.now() + milliseconds;
  let count = 0;
  do { await work(); count += 1; } while (performance.now() < end);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
};
const data = Buffer.alloc(420, 97);
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const kept = await hash('correct horse battery staple', { algorithm: 2, memoryCost: 19456, timeCost: 2, parallelism: 1 });
const check = () => verify(kept, 'correct horse battery staple');
console.log(JSON.stringify({
  rs256: await cpu(150, () => sign('sha256', data, rsa)),
  es256: await cpu(60, () => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' })),
  argon2id: (await cpu(400, () => Promise.all([check(), check()]))) / 2,
}));`;

export function calibrate(core: number | undefined): Calibration {
  const command = [
    ...(core === undefined ? [] : ['taskset', '-c', String(core)]),
    ...[process.execPath, '--input-type=module', '-e', PROGRAM],
  ];
  const output = execFileSync(command[0] as string, command.slice(1), { cwd: import.meta.dirname });
  return JSON.parse(output.toString()) as Calibration;
}
