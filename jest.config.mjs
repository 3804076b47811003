export default {
  projects: [
    '<rootDir>/libs/*/jest.config.mjs',
    '<rootDir>/apps/*/jest.config.mjs',
    '<rootDir>/dev/jest.config.mjs',
    '<rootDir>/test/jest.config.mjs',
    '<rootDir>/tools/jest.config.mjs',
  ],
  // Every test file keeps ~2.5 MB (trivial) to ~16 MB (full Nest graph) alive in its worker: restart fat workers.
  // Of the whole run: jest takes it from here only. Sign-ins through a browser take seconds on a busy machine.
  testTimeout: 60_000,
  maxWorkers: 2,
  // For the mirrored conformance modules: some wait for half a minute while others run beside them.
  maxConcurrency: 16,
  workerIdleMemoryLimit: '512MB',
  coverageProvider: 'v8',
  coverageDirectory: '<rootDir>/coverage',
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts', '!src/main.ts'],
  reporters: ['default', '<rootDir>/test/support/conformance-table-reporter.mjs', '<rootDir>/tools/plain-reporter.mjs'],
};
