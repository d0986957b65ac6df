import { stopHotline } from '../support/machine/hotline-under-test.ts';

/** Stops the hotline under test, after the last test. */
export default async function stop(): Promise<void> {
  await stopHotline(globalThis.hotlineUnderTest);
}
