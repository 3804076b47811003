import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inProject } from './paths.js';

/** A folder that PostgreSQL's account may pass through. */
export function aFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'tandem-dev-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const clusterTemplate = inProject('node_modules/.cache/tandem', `postgres-${process.getuid?.() ?? 'user'}`);

/** Another process that starts a service by the compiled code and prints its process number. */
export async function aStarter(call: string): Promise<{ readonly starter: ChildProcess; readonly servicePid: number }> {
  const module = inProject('dev/dist/index.js');
  const script = `import * as dev from ${JSON.stringify(module)}; console.log((await dev.${call}).pid); setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await Promise.race([
    new Promise<[string]>((resolve) =>
      createInterface({ input: starter.stdout }).once('line', (text) => resolve([text])),
    ),
    new Promise<never>((_, reject) => starter.once('exit', (code) => reject(new Error(`the starter ended (${code})`)))),
  ]);
  return { starter, servicePid: Number(line) };
}
