import type { ModuleRun } from '../relying-party/module-run.js';

/** A module of the suite, in our words: it throws when the server does not do what the module demands. */
export type Module = (run: ModuleRun) => Promise<void>;

/** Modules by the names that the suite gives them. */
export type Modules = Readonly<Record<string, Module>>;

export const wait = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
