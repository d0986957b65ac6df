import type { ChildProcess } from 'node:child_process';
import { startHotline } from '../support/machine/hotline-under-test.ts';

declare global {
  /** The `hotline run` of this test run. */
  var hotlineUnderTest: ChildProcess;
}

/** Starts the hotline under test, before the first test. */
export default async function start(): Promise<void> {
  globalThis.hotlineUnderTest = await startHotline();
}
