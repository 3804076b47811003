import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'sample-client',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};
