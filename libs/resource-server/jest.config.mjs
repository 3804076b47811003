import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'resource-server',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};
