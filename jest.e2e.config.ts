import type { Config } from 'jest';
import base from './jest.config.ts';

/** Real calls to a hotline started for them; `make test` gives each file a hotline and a network of its own. */
const config: Config = {
  ...base,
  testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'],
  testPathIgnorePatterns: [],
  globalSetup: '<rootDir>/tests/e2e/start-hotline.ts',
  globalTeardown: '<rootDir>/tests/e2e/stop-hotline.ts',
  // The calls of one file run side by side; files given to one Jest do not, for some of them kill things.
  maxWorkers: 1,
  maxConcurrency: 30,
};
export default config;
