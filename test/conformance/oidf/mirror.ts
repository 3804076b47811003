import { MODULES } from './modules/index.js';
import type { Module, Modules } from './modules/module.js';
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

/** Modules of a plan, run in one variant. */
export interface Mirrored {
  readonly plan: string;
  readonly variant: Variant;
  readonly names: readonly string[];
}

/**
 * Defines one test per module, named like the module, in a block named after plan and response type: the table at the end
 * of a run is made of these names. Modules run side by side; each has its own browser and clients. Those that wait long
 * are begun first and looked at last.
 */
export function mirrorModules(mirrored: readonly Mirrored[], modules: Modules = MODULES): void {
  const moduleOf = (name: string): Module => {
    const module = modules[name];
    if (module === undefined) throw new Error(`there is no module ${name}`);
    return module;
  };
  const begun = new Map<Mirrored, Map<string, Promise<void>>>();
  const takesLong = (name: string): boolean => STARTED_AHEAD.includes(name);
  beforeAll(() => {
    for (const one of mirrored) {
      const promises = one.names
        .filter(takesLong)
        .map((name) => [name, runModule(moduleOf(name), one.variant)] as const);
      for (const [, promise] of promises) promise.catch(() => undefined);
      begun.set(one, new Map(promises));
    }
  });
  for (const one of mirrored)
    describe(blockName(one), () => {
      for (const name of one.names.filter((each) => !takesLong(each))) {
        const module = moduleOf(name);
        test.concurrent(name, () => runModule(module, one.variant));
      }
    });
  for (const one of mirrored.filter(({ names }) => names.some(takesLong)))
    describe(blockName(one), () => {
      for (const name of one.names.filter(takesLong))
        test.concurrent(name, () => begun.get(one)?.get(name) as Promise<void>);
    });
}

const blockName = ({ plan, variant }: Mirrored): string => `${plan} | ${variant.responseType}`;
