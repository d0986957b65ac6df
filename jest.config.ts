import type { Config } from 'jest';

const config: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }] },
  reporters: ['default', '<rootDir>/tests/support/skipped-tests-reporter.ts'],
  // Sweeps and calls take real time; a limit only ends what hangs.
  testTimeout: 180_000,
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
};
export default config;
