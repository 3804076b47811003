import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'resource-api',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};
