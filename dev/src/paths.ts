import { resolve } from 'node:path';

/** The project's folder, whether we run from dev/src or from dev/dist. */
export const projectRoot = resolve(import.meta.dirname, '../..');

/** A path inside the project. */
export const inProject = (...parts: readonly string[]): string => resolve(projectRoot, ...parts);
