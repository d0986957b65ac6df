/** What the tests of the script share: a hotline with one citizen, and callers who key codes. */
import { join } from 'node:path';
import { createLogger } from 'winston';
import { shippedLimits, type Limits } from '../../../src/accounts/limits.ts';
import { hashPassword } from '../../../src/accounts/password-hash.ts';
import type { Sound } from '../../../src/call/channel.ts';
import { soundOf, type Prompt } from '../../../src/call/prompts.ts';
import type { Hotline } from '../../../src/hotline/context.ts';
import { loadSoundLengths } from '../../../src/recordings/catalogue.ts';
import type { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import { hotlineOver } from '../../../src/simulation/hotline-over.ts';
import { MemoryRegistry } from '../../../src/simulation/memory-registry.ts';
import { placeScriptedCall } from './scripted-call.ts';
import type { Caller } from '../../../src/simulation/scripted-caller.ts';

/** The real lengths of the recordings, ms. */
export const lengths = await loadSoundLengths(join(import.meta.dirname, '../../../sounds/vi'));
export const code = '0123456789';
export const phone = '0912345678';
export const oldHash = await hashPassword('24681357');

/** A hotline with one citizen. */
export function hotlineWithCitizen(limits: Limits = shippedLimits): {
  registry: MemoryRegistry;
  hotline: Hotline;
} {
  const registry = new MemoryRegistry({ limits });
  registry.addAccount({ bhxhCode: code, phone: '+84912345678', passwordHash: oldHash });
  const hotline = hotlineOver(registry, createLogger({ silent: true }));
  registry.instances.hold({ instanceId: hotline.instanceId, node: 'node-1', process: '' });
  return { registry, hotline };
}

/** A caller who keys the next of `codes` each time the code is asked for; nothing when none is left. */
export const keying =
  (...codes: string[]): Caller =>
  (sound, line) => {
    if (/enter-code|enter-again/.test(sound)) line.after(800, () => line.press(codes.shift() ?? ''));
  };

/** As `caller`; presses `keys` whenever this prompt begins. */
export const pressing =
  (keys: string, prompt: Prompt, caller: Caller): Caller =>
  (sound, line, index) => {
    if (sound === soundOf(prompt)) line.after(500, () => line.press(keys));
    caller(sound, line, index);
  };

/**
 * As `caller`; the database, failing by `registry.stayAway`, works again once the caller hears the
 * apology.
 */
export const backAtApology =
  (registry: MemoryRegistry, caller: Caller): Caller =>
  (sound, line, index) => {
    if (sound === 'hotline/fault') registry.stayAway(null);
    caller(sound, line, index);
  };

/** Lets something happen between the match of a code and the lock of its account, as an import may come between. */
export function afterMatch(registry: MemoryRegistry, happening: () => unknown): void {
  const check = registry.checkAttempt.bind(registry);
  registry.checkAttempt = async ({ reset, ...attempt }) => {
    const answer = await check(attempt);
    const { accountId } = answer;
    if (reset === undefined || accountId === null) return answer;
    await happening();
    const { callId, phone } = attempt;
    return { ...answer, preparation: await registry.prepareReset({ ...reset, callId, accountId, phone }) };
  };
}

/** What was said, in order: prompts by name, readings as digits, silence left out. */
export function said(channel: FakeChannel): string[] {
  return channel.heard
    .map(({ sound }) => sound.replace('hotline/', ''))
    .filter((name) => name !== 'silence' && name !== 'pause')
    .join(' ')
    .replace(/digits\/(\d)(?: (?=digits))?/g, '$1')
    .split(' ')
    .filter((name) => name !== '');
}

/** The password of the first reading; empty if there was none. */
export function spokenPassword(channel: FakeChannel): string {
  return said(channel).find((name) => /^\d{6,}$/.test(name)) ?? '';
}

/** Places a call, by default from the citizen's number, and resolves when it has ended. */
export const place = (
  hotline: Hotline,
  caller: Caller,
  callerNumber = phone,
  broken: Sound[] = [],
): Promise<FakeChannel> => placeScriptedCall(hotline, { callerNumber, lengths, caller, broken });
