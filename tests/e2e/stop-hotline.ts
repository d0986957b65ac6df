import { stopHotline } from '../support/machine/hotline-under-test.ts';

/** After the last call. */
export default async function stop(): Promise<void> {
  await stopHotline(globalThis.hotlineUnderTest);
}
