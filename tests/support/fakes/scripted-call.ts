/**
 * Runs one call of the script on a fake channel under fake time, with a caller who reacts to what is
 * heard. The hashes are real and take real time.
 */
import { jest } from '@jest/globals';
import { hashing } from '../../../src/accounts/password-hash.ts';
import type { CallerClaims, Sound } from '../../../src/call/channel.ts';
import type { IdentityRule } from '../../../src/hotline/caller-identity.ts';
import type { Hotline } from '../../../src/hotline/context.ts';
import type { NamedBranch } from '../../../src/hotline/branch.ts';
import { takeCall } from '../../../src/hotline/take-call.ts';
import { reset } from './branches.ts';
import { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import { putOnLine, type Caller } from '../../../src/simulation/scripted-caller.ts';

export interface ScriptedCall {
  readonly channel: FakeChannel;
  readonly done: Promise<void>;
}

/** Installs fake timers before each test and real ones after it. */
export function useFakeTime(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Places a call, to branch 8 unless another is named, and lets time pass until it has ended. */
export async function placeScriptedCall(
  hotline: Hotline,
  options: {
    callerNumber: string;
    lengths: ReadonlyMap<Sound, number>;
    caller: Caller;
    broken?: readonly Sound[];
    branch?: NamedBranch;
    rule?: IdentityRule;
    claims?: CallerClaims;
  },
): Promise<FakeChannel> {
  const channel = new FakeChannel(options);
  if (options.claims) channel.claims = options.claims;
  for (const sound of options.broken ?? []) channel.broken.add(sound);
  putOnLine(channel, options.caller);
  await passTimeUntil(
    takeCall(channel, hotline, options.branch ?? reset, options.rule ?? 'asserted').then(() =>
      hotline.ledger.flush(),
    ),
  );
  return channel;
}

const setRealTimeout = setTimeout;

/** Lets fake time pass, from one timer to the next, until the promise settles. */
export async function passTimeUntil<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  promise.finally(() => (settled = true)).catch(() => undefined);
  while (!settled) {
    while (hashing.activeCount + hashing.pendingCount > 0)
      await new Promise((resolve) => setRealTimeout(resolve, 1)); // it is real work, and takes no fake time
    await jest.advanceTimersToNextTimerAsync();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return promise;
}
