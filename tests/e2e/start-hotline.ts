import type { ChildProcess } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStateDirectory, startHotline } from '../support/hotline-under-test.ts';

declare global {
  /** The `hotline run` of this test run. */
  var hotlineUnderTest: ChildProcess;
}

/** Before the first call. */
export default async function start(): Promise<void> {
  globalThis.hotlineUnderTest = await startHotline();
  // Later lines of the PBX's log belong to what the tests do to it.
  const log = join(runStateDirectory(), 'asterisk/log/messages.log');
  copyFileSync(log, join(runStateDirectory(), 'asterisk-at-start.log'));
}
