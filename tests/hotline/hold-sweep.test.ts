/** A hold at every sound of every path through the call: heard means heard. */
import { jest } from '@jest/globals';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import type { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  callAlong,
  matched,
  placesOf,
  readFourTimes,
  unchanged,
  type CallPath,
} from '../support/fakes/call-paths.ts';
import { lengths, oldHash, said } from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

/** What the phone does once it is on hold. */
type Then = (line: Parameters<Caller>[1]) => void;
const comesBack: Then = (line) => line.after(20_000, () => line.takeBack());
const isLeftOnHold: Then = () => undefined;
const hangsUp: Then = (line) => line.after(20_000, () => line.hangUp());

describe.each([
  ['a caller', matched],
  ['a caller who has the password read four times', readFourTimes],
])('%s who is put on hold', (_, path) => {
  test('anywhere on the way to a password, and comes back, hears the password whole, twice', async () => {
    for (const at of await holdsOn(path)) {
      const { registry, channel } = await heldAt(path, at, comesBack);
      expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
      expect(wholeReadings(channel).length).toBeGreaterThanOrEqual(2);
      await consistent(registry, channel);
    }
  });

  test('anywhere, with the events of it lost, is not told what was not heard', async () => {
    const lost = { isNoticed: false };
    for (const at of await holdsOn(path)) {
      const { registry, channel } = await heldAt(
        path,
        at,
        (line) => line.after(5000, () => line.takeBack(lost)),
        lost,
      );
      expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
      await consistent(registry, channel);
    }
  });

  test('anywhere, and left there, loses the call within 61 s: the old password, or the one that was heard', async () => {
    for (const at of await holdsOn(path)) {
      const { registry, channel, heldMs } = await heldAt(path, at, isLeftOnHold);
      expect(heldMs).toBeLessThan(61_000);
      expect(registry.audit).toHaveLength(1);
      if (registry.audit[0]!.outcome !== 'changed')
        expect(registry.audit).toMatchObject([
          { outcome: 'hung-up', reason: 'the line was on hold for too long' },
        ]);
      await consistent(registry, channel);
    }
  });

  test('anywhere, and hangs up there, has the old password, or the one that was heard', async () => {
    for (const at of await holdsOn(path)) {
      const { registry, channel } = await heldAt(path, at, hangsUp);
      expect(registry.audit).toHaveLength(1);
      await consistent(registry, channel);
    }
  });
});

test('a phone on hold for as long as may be, from the check on, does not make the reset expire', async () => {
  const holdsAt = ['please-wait', 'password-intro', 'password-intro'].map((prompt) => `hotline/${prompt}`);
  const { registry, channel } = await callAlong(matched, (sound, line) => {
    if (sound !== holdsAt[0]) return;
    holdsAt.shift();
    line.after(200, () => line.goOnHold());
    line.after(59_000, () => line.takeBack());
  });
  expect(holdsAt).toEqual([]);
  expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
  await consistent(registry, channel);
});

describe('a caller who is put on hold', () => {
  test.each(Object.entries(unchanged))('at every prompt of the path "%s" hears it again', async (_, path) => {
    const whole = await heldAt(path, Infinity, comesBack);
    for (const [at, planned] of whole.channel.heard.entries()) {
      if (/silence|pause/.test(planned.sound)) continue;
      const { channel, registry, heldAtMs } = await heldAt(path, at, comesBack);
      const { sound } = channel.heard[at]!; // each call has a password of its own
      const last = channel.heard.findLastIndex(({ atMs }) => atMs <= heldAtMs);
      if (last === at)
        // else the caller had answered already
        expect(channel.heard.slice(at + 1).map((heard) => heard.sound)).toContain(sound);
      const outcomes = path.faults
        ? ['changed', 'fault']
        : whole.registry.audit.map(({ outcome }) => outcome);
      expect(outcomes).toContain(registry.audit[0]!.outcome);
      await consistent(registry, channel);
    }
  });
});

/** Where the phone goes on hold: in every prompt, and in some digits and pauses of the readings. */
async function holdsOn(path: CallPath): Promise<number[]> {
  const { channel } = await heldAt(path, Infinity, comesBack);
  return placesOf(path, channel, { digit: 8, pause: 16 });
}

/** Calls, and goes on hold in the middle of the sound at this place, once. */
async function heldAt(path: CallPath, at: number, then: Then, options?: { isNoticed: boolean }) {
  let heldAtMs = Infinity;
  const { registry, channel } = await callAlong(path, (sound, line, index) => {
    if (index !== at) return;
    line.after(Math.min((lengths.get(sound) ?? 0) / 2, 2000), () => {
      heldAtMs = Date.now();
      line.goOnHold(options);
      then(line);
    });
  });
  return { registry, channel, heldAtMs, heldMs: Date.now() - heldAtMs };
}

/** One way the call ended, and the promise: what is the account's was heard whole. */
async function consistent(registry: MemoryRegistry, channel: FakeChannel): Promise<void> {
  const { passwordHash } = registry.accounts[0]!;
  const heard = wholeReadings(channel);
  if (said(channel).includes('changed')) expect(passwordHash).not.toBe(oldHash);
  if (passwordHash !== oldHash) {
    expect(heard).not.toEqual([]);
    expect(await verifyPassword(passwordHash, heard[0]!)).toBe(true);
  }
  expect([...registry.resets.values()].filter(({ state }) => state === 'prepared')).toEqual([]);
  await jest.advanceTimersByTimeAsync(1000); // an attempt whose result was never heard is refunded by then
  expect(jest.getTimerCount()).toBe(0);
}

/** The readings of which every digit was heard to its end. */
function wholeReadings({ heard }: FakeChannel): string[] {
  return heard
    .filter(({ sound }) => !/pause|silence/.test(sound))
    .map(({ sound, complete }) => (sound.startsWith('digits/') ? (complete ? sound.slice(-1) : '-') : ' '))
    .join('')
    .split(' ')
    .filter((reading) => /^\d{8}$/.test(reading));
}
