/** The paths through a call, for the tests that let something happen at every sound of them. */
import { soundOf, type Prompt } from '../../../src/call/prompts.ts';
import type { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../../src/simulation/memory-registry.ts';
import { code, hotlineWithCitizen, keying, phone, place, pressing } from './one-citizen.ts';
import type { Caller } from '../../../src/simulation/scripted-caller.ts';

/** A path, by the caller who takes it. */
export interface CallPath {
  readonly caller: () => Caller;
  readonly callerNumber?: string;
  readonly faults?: (registry: MemoryRegistry) => void;
  /** Up to here it is another path: nothing need happen there. */
  readonly from?: Prompt;
}

export const matched: CallPath = { caller: () => keying(code) };

/** Has the password read as often as it can be. */
export const readFourTimes: CallPath = {
  caller: () => pressing('1', 'offer-reading', keying(code)),
  from: 'offer-reading',
};

/** On these nothing is changed. */
export const unchanged: Readonly<Record<string, CallPath>> = {
  'three mismatches': { caller: () => keying('9999999999', '8888888888', '7777777777') },
  'three wrong lengths': { caller: () => keying('1#', '12#', '123#') },
  'three silences': { caller: () => keying() },
  'no caller ID': { caller: () => keying(), callerNumber: '' },
  'no caller ID, and the other ways': {
    caller: () => pressing('1', 'offer-other-ways', keying()),
    callerNumber: '',
  },
  'database unreachable at the check': {
    caller: () => keying(code),
    faults: (registry) => registry.failNext('checkAttempt', 'before'),
  },
};

/**
 * Where on a path something may happen: at every prompt that is its own, and at some of the digits and pauses.
 *
 * @param every one of so many
 */
export function placesOf(
  { from }: CallPath,
  { heard }: FakeChannel,
  every: { readonly digit: number; readonly pause: number },
): number[] {
  const first = from === undefined ? 0 : heard.findIndex(({ sound }) => sound === soundOf(from));
  return heard.flatMap(({ sound }, at) => {
    const nth = /pause|silence/.test(sound) ? every.pause : sound.startsWith('digits/') ? every.digit : 1;
    return at >= first && at % nth === 0 ? [at] : [];
  });
}

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
