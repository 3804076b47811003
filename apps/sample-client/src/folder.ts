import { join } from 'node:path';

/** This application's folder. Its `src`, `dist` and `bundle` lie directly in it, and this file directly in each of them. */
export const APPLICATION_FOLDER = join(import.meta.dirname, '..');
