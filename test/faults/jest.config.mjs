import preset from '../../jest.preset.mjs';

/** Faults of real processes: slow and heavy, so they are no part of `npm test`. */
export default {
  ...preset,
  displayName: 'faults',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/**/*.spec.ts'],
  testTimeout: 600_000,
  reporters: ['default', '<rootDir>/../support/total-reporter.mjs'],
  maxWorkers: 1,
};
