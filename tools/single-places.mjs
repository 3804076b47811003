/**
 * What has one place in the house: the environment, the clock, HTTP replies, and the purity of the protocol. The imports are
 * dependency-cruiser's; this looks at the words. `node tools/single-places.mjs` prints every line that is out of place.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const CODE = /\.(ts|mjs|cjs)$/;
const TEST = /\.(spec|spec-support)\.ts$/;
const LEFT_OUT = new Set(['node_modules', 'dist', 'bundle', 'out-tsc', 'public', 'views']);

/** Each rule: what it looks for, where, and the places that are meant to hold it. */
export const RULES = [
  {
    name: 'environment-only-in-config',
    words: /\bprocess\.env\b/,
    within: /^(apps|libs)\/[^/]+\/src\//,
    // The demo is a command of its own that knows nobody else's configuration; the test library starts processes.
    except: /\/config\.ts$|^apps\/sample-client\/src\/demo\.ts$|^apps\/auth-server\/src\/tandem\.ts$|^libs\/testing\//,
  },
  {
    name: 'clock-only-in-clock',
    words: /\bDate\.now\b|\bnew Date\(\)/,
    within: /^apps\/[^/]+\/src\//,
    except: /\/src\/clock\.ts$/,
  },
  {
    name: 'replies-only-in-send-answer',
    words: /\breply\s*\.\s*(code|header|headers|hijack|raw|redirect|send|status|type)\b/,
    within: /^apps\/auth-server\/src\//,
    // Cross-origin headers belong to every answer, preflights among them: a hook writes them before any handler runs.
    except: /\/http\/(send-answer|cors)\.ts$/,
  },
  {
    name: 'protocol-is-synchronous',
    words: /\bawait\b|\basync\b|\bPromise\b|\bsetTimeout\b/,
    within: /^libs\/protocol\/src\//,
  },
  {
    name: 'protocol-reads-no-clock-and-rolls-no-die',
    words: /\bDate\.now\b|\bnew Date\b|\bperformance\b|\bMath\.random\b|\brandom(Bytes|UUID|Int)\b/,
    within: /^libs\/protocol\/src\//,
  },
  {
    name: 'no-route-middleware',
    words: /\bNestMiddleware\b|\bMiddlewareConsumer\b/,
    within: /^(apps|libs)\/[^/]+\/src\//,
  },
];

/** A line without its comment: rules are about code. */
const codeOf = (line) => line.replace(/^\s*(\/\*\*?|\*|\/\/).*$/, '').replace(/\s\/\/ .*$/, '');

/** Every line below `root` that breaks a rule: { rule, file, line }. */
export function misplaced(root) {
  const files = ['apps', 'libs'].flatMap((folder) => filesBelow(join(root, folder)));
  return files.flatMap((path) => {
    const file = relative(root, path).split(sep).join('/');
    if (!CODE.test(file) || TEST.test(file)) return [];
    const rules = RULES.filter(({ within, except }) => within.test(file) && except?.test(file) !== true);
    if (rules.length === 0) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        rules
          .filter(({ words }) => words.test(codeOf(line)))
          .map(({ name }) => ({ rule: name, file, line: index + 1 })),
      );
  });
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (LEFT_OUT.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

const self = fileURLToPath(import.meta.url);
if (process.argv[1] !== undefined && resolve(process.argv[1]) === self) {
  const found = misplaced(resolve(self, '../..'));
  for (const { rule, file, line } of found) console.error(`${file}:${line}  ${rule}`);
  if (found.length > 0) process.exitCode = 1;
}
