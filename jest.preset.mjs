/** Shared jest settings: every project re-exports this with its own displayName. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const swc = JSON.parse(readFileSync(new URL('./.swcrc.json', import.meta.url), 'utf8'));

// ESM-only packages that CommonJS packages require(). Node >= 20.19 does that natively; jest only
// does on Node >= 24.9, so on Node 20/22 swc compiles these few to CommonJS when they are required.
const esmRequiredFromCjs = ['cookie', 'content-disposition'].join('|');

export default {
  testEnvironment: 'node',
  setupFiles: [resolve(import.meta.dirname, 'test/support/property-tests.mjs')],
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, swcrc: false }],
    [`/node_modules/(${esmRequiredFromCjs})/.+\\.js$`]: ['@swc/jest', { swcrc: false, jsc: { target: 'es2023' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmRequiredFromCjs})/)`],
  // './x.js' in TypeScript sources is './x.ts' on disk
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@tandem/source', 'node', 'node-addons'] },
};
