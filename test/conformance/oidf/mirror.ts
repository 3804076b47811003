import { MODULES } from './modules/index.js';
import type { Module } from './modules/module.js';
import { ModuleRun } from './relying-party/module-run.js';
import type { Variant } from './relying-party/variant.js';

/** Waits longer than a place among the concurrent tests should be held for. */
const STARTED_AHEAD = ['oidcc-codereuse-30seconds', 'oidcc-refresh-token-rp-key-rotation'];

async function runModule(module: Module, variant: Variant): Promise<void> {
  const run = await ModuleRun.start(variant);
  try {
    await module(run);
  } finally {
    await run.end();
  }
}

/**
 * Defines one test per module, named like the module, in a block named after plan and variant: the table at the end of a
 * run is made of these names. Modules run side by side; each has its own browser and client.
 */
export function mirrorModules(plan: string, variant: Variant, names: readonly string[]): void {
  const ahead = new Map<string, Promise<void>>();
  // Outside of the block: only the hooks of the file itself run before its concurrent tests.
  beforeAll(() => {
    for (const name of names.filter((one) => STARTED_AHEAD.includes(one))) {
      const started = runModule(moduleOf(name), variant);
      started.catch(() => undefined);
      ahead.set(name, started);
    }
  });
  describe(`${plan} | ${variant.responseType}`, () => {
    for (const name of names) {
      const module = moduleOf(name);
      test.concurrent(name, () => ahead.get(name) ?? runModule(module, variant));
    }
  });
}

function moduleOf(name: string): Module {
  const module = MODULES[name];
  if (module === undefined) throw new Error(`there is no module ${name}`);
  return module;
}
