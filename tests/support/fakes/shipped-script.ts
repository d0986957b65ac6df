import type { PathSettings } from '../../../src/call/paths/path-cost.ts';

/** What decides how long a call takes, as it is without any setting. */
export const shippedScript: PathSettings = {
  codeLengths: [10],
  passwordLength: 8,
  passwordValidMinutes: 10,
  firstDigitTimeoutMs: 7000,
  interdigitTimeoutMs: 5000,
  isFeeSaid: false,
};
