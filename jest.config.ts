import type { Config } from 'jest';

/** The tests that need no running hotline. `make test` runs them, and those of jest.e2e.config.ts. */
const config: Config = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  reporters: ['default', '<rootDir>/tests/support/skipped-tests-reporter.ts'],
  // Sweeps and calls take real time; a limit only ends what hangs.
  testTimeout: 180_000,
  // Never .hotline/: whole Debian roots lie there.
  roots: ['<rootDir>/tests'],
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  testPathIgnorePatterns: ['/tests/e2e/'],
};
export default config;
