import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hotlineEnvironment, runStateDirectory } from '../machine/hotline-under-test.ts';
import { baresip } from './baresip.ts';
import { linphone } from './linphone.ts';
import type { Softphone, SoftphoneSettings } from './softphone.ts';
import { twinkle } from './twinkle.ts';

const softphones = { linphone, baresip, twinkle };

/** Starts a phone in a home of its own and hands it, registered, to `use`; ends it and removes its home. */
export async function withSoftphone<T>(
  name: keyof typeof softphones,
  settings: Omit<SoftphoneSettings, 'home' | 'signal' | 'password'>,
  use: (phone: Softphone) => Promise<T>,
): Promise<T> {
  const home = mkdtempSync(join(runStateDirectory(), `${name}-`));
  const end = new AbortController();
  const password = hotlineEnvironment()['SOFTPHONE_PASSWORD']!;
  try {
    return await use(await softphones[name]({ ...settings, home, password, signal: end.signal }));
  } finally {
    end.abort();
    rmSync(home, { recursive: true });
  }
}
