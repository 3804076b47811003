/**
 * `node tools/bundle.mjs`: makes the folder `bundle` of each application from the compiled programs: the same code in a few files. An application
 * loads some 1,900 files otherwise, which is half of what its start costs.
 */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { rolldown } from 'rolldown';

const root = resolve(import.meta.dirname, '..');

/** What each application is started by. */
export const PROGRAMS = {
  'auth-server': ['main', 'tandem'],
  'resource-api': ['main', 'migrate'],
  'sample-client': ['main', 'demo'],
};

/** Loaded from node_modules: a binary, and what is only loaded, or patched where it is loaded, when requests are traced. */
const OUTSIDE = ['@node-rs/argon2', /^@opentelemetry\//, 'pg'];
/** Transports and helpers of the framework that nobody here uses, and that are not installed. */
const NOT_INSTALLED = [
  ...['@fastify/multipart', '@fastify/view', '@nestjs/platform-express', /^@nestjs\/websockets\//],
  ...['amqp-connection-manager', 'amqplib', 'ioredis', 'kafkajs', 'mqtt'],
];
/** Files that a bundle was made of, beside it. */
const INPUTS = 'inputs.json';

const changedAt = (path) => statSync(path).mtimeMs;

/** Whether nothing that it was made of has changed since. */
function isCurrent(outdir) {
  try {
    const made = changedAt(resolve(outdir, INPUTS));
    const inputs = JSON.parse(readFileSync(resolve(outdir, INPUTS), 'utf8'));
    return inputs.every((path) => changedAt(resolve(root, path)) < made);
  } catch {
    return false;
  }
}

/** One character beyond Latin-1 makes V8 keep the text of a whole file in two bytes a character. */
const oneByteText = (code) =>
  code.replace(/[\u0100-\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

async function bundle(application, programs) {
  const folder = resolve(root, 'apps', application);
  const outdir = resolve(folder, 'bundle');
  if (isCurrent(outdir)) return;
  rmSync(outdir, { recursive: true, force: true });
  const bundled = await rolldown({
    cwd: root,
    input: programs.map((name) => resolve(folder, 'dist', `${name}.js`)),
    platform: 'node',
    // The programs are JavaScript already.
    tsconfig: false,
    external: [...OUTSIDE, ...NOT_INSTALLED],
  });
  const { output } = await bundled.generate({
    // All files directly in the folder: `src/folder.ts` counts on it.
    chunkFileNames: '[name]-[hash].js',
    // The framework names what it injects and logs by its class.
    keepNames: true,
    comments: { legal: true, annotation: false, jsdoc: false },
  });
  await bundled.close();
  mkdirSync(outdir);
  for (const { fileName, code } of output) writeFileSync(resolve(outdir, fileName), oneByteText(code));
  const inputs = output.flatMap(({ moduleIds = [] }) => moduleIds).filter((path) => isAbsolute(path));
  const own = inputs.filter((path) => !path.includes('node_modules'));
  writeFileSync(
    resolve(outdir, INPUTS),
    JSON.stringify([...own, import.meta.filename, 'package-lock.json'].map((path) => relative(root, path))),
  );
}

/** Bundles every application that is not bundled as it is now. */
export async function bundleAll() {
  await Promise.all(Object.entries(PROGRAMS).map(([application, programs]) => bundle(application, programs)));
}

if (process.argv[1] === import.meta.filename) await bundleAll();
