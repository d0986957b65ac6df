import type { ChildProcess } from 'node:child_process';
import { startHotline } from '../support/machine/hotline-under-test.ts';

declare global {
  /** The `hotline run` of this test run. */
  var hotlineUnderTest: ChildProcess;
}

/** Before the first call. */
export default async function start(): Promise<void> {
  globalThis.hotlineUnderTest = await startHotline();
}
