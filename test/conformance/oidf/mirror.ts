import { MODULES } from './modules/index.js';
import type { Module, Modules } from './modules/module.js';
import { ModuleRun } from './relying-party/module-run.js';
import type { Variant } from './relying-party/variant.js';

/** Far more than any module takes, on a machine that is busy with something else, too. */
const TIMEOUT_MILLISECONDS = 120_000;

/** They wait for half a minute, so they begin first and wait together, while the others are run beside them. */
const LONG = ['oidcc-codereuse-30seconds', 'oidcc-refresh-token-rp-key-rotation'];

async function runModule(module: Module, variant: Variant): Promise<void> {
  const run = await ModuleRun.start(variant);
  try {
    await module(run);
  } finally {
    await run.end();
  }
}

/** Modules of a plan, run in one variant. */
export interface Mirrored {
  readonly plan: string;
  readonly variant: Variant;
  readonly names: readonly string[];
}

/**
 * Defines one test per module, named `module | plan | response type | registration`: the table at the end of a run is made of
 * these names.
 * Modules run side by side; each has its own browser and clients. There are no blocks, since only the tests of one block
 * run at the same time.
 */
export function mirrorModules(mirrored: readonly Mirrored[], modules: Modules = MODULES): void {
  const cases = mirrored.flatMap(({ plan, variant, names }) =>
    names.map((name) => ({
      name,
      variant,
      title: `${name} | ${plan} | ${variant.responseType} | ${variant.registration}`,
    })),
  );
  const isLong = ({ name }: { readonly name: string }): boolean => LONG.includes(name);
  for (const { name, variant, title } of [...cases.filter(isLong), ...cases.filter((one) => !isLong(one))]) {
    const module = modules[name];
    if (module === undefined) throw new Error(`there is no module ${name}`);
    test.concurrent(title, () => runModule(module, variant), TIMEOUT_MILLISECONDS);
  }
}
