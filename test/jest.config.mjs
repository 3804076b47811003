import preset from '../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'test',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/{conformance,journeys,fuzz}/**/*.spec.ts'],
  // One running Tandem for all specs of this project; see support/tandem-under-test.ts.
  globalSetup: '<rootDir>/support/start-tandem.mjs',
  globalTeardown: '<rootDir>/support/stop-tandem.mjs',
};
