/** The paths through a call, for the tests that let something happen at every sound of them. */
import type { FakeChannel } from './fake-channel.ts';
import type { MemoryRegistry } from './memory-registry.ts';
import { code, hotlineWithCitizen, keying, phone, place } from './one-citizen.ts';
import type { Caller } from './scripted-caller.ts';

/** A path, by the caller who takes it. */
export interface CallPath {
  readonly caller: () => Caller;
  readonly callerNumber?: string;
  readonly faults?: (registry: MemoryRegistry) => void;
}

export const matched: CallPath = { caller: () => keying(code) };

/** On these nothing is changed. */
export const unchanged: Readonly<Record<string, CallPath>> = {
  'three mismatches': { caller: () => keying('9999999999', '8888888888', '7777777777') },
  'three wrong lengths': { caller: () => keying('1#', '12#', '123#') },
  'three silences': { caller: () => keying() },
  'no caller ID': { caller: () => keying(), callerNumber: '' },
  'database unreachable at the check': {
    caller: () => keying(code),
    faults: (registry) => registry.failNext('checkAttempt', 'before'),
  },
};

/** Places a call along a path; `happening` sees each sound as well, after the caller. */
export async function callAlong(
  path: CallPath,
  happening: Caller,
): Promise<{ readonly registry: MemoryRegistry; readonly channel: FakeChannel }> {
  const { registry, hotline } = hotlineWithCitizen();
  path.faults?.(registry);
  const caller = path.caller();
  const channel = await place(
    hotline,
    (sound, line, index) => {
      caller(sound, line, index);
      happening(sound, line, index);
    },
    path.callerNumber ?? phone,
  );
  return { registry, channel };
}
