import preset from '../../jest.preset.mjs';

export default {
  ...preset,
  displayName: 'web-server',
  rootDir: import.meta.dirname,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
};
