/** A fake call to any branch, in a few lines. */
import { branchNamed } from './branches.ts';
import type { FakeChannel } from '../../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../../src/simulation/memory-registry.ts';
import { hotlineWithCitizen, lengths, phone, said } from './one-citizen.ts';
import { placeScriptedCall } from './scripted-call.ts';
import type { Caller } from '../../../src/simulation/scripted-caller.ts';

/** How a fake caller differs from one who has called from the demo citizen's number, and only listens. */
export interface FakeCaller {
  /** What is keyed, by the prompt that it answers: `{ 'enter-code-10': '0123456789' }`. */
  readonly keys?: Readonly<Record<string, string>>;
  /** The prompt at which the caller hangs up. */
  readonly hangsUpAt?: string;
  /** The number that the PBX shows. Empty: withheld. */
  readonly from?: string;
}

/** What came of it. */
export interface FakeCall {
  /** In order: prompts by name, digits in a row as one text. */
  readonly heard: readonly string[];
  /** The terminal row: branch, outcome, reason and so on. */
  readonly row: MemoryRegistry['audit'][number] | undefined;
  readonly channel: FakeChannel;
  readonly registry: MemoryRegistry;
}

/**
 * Places a call to the branch of this name, and lets time pass until it has ended. Needs fake time: call
 * `useFakeTime()` of scripted-call.ts at the top of the test's file.
 *
 * @example
 * const { heard, row } = await placeCall('office-hours');
 */
export async function placeCall(
  branch: string,
  { keys = {}, hangsUpAt, from = phone }: FakeCaller = {},
): Promise<FakeCall> {
  const { registry, hotline } = hotlineWithCitizen();
  const caller: Caller = (sound, line) => {
    const prompt = sound.replace('hotline/', '');
    if (prompt === hangsUpAt) line.hangUp();
    if (keys[prompt] !== undefined) line.after(800, () => line.press(keys[prompt]!));
  };
  const channel = await placeScriptedCall(hotline, {
    branch: branchNamed(branch),
    callerNumber: from,
    ...{ lengths, caller },
  });
  return { heard: said(channel), row: registry.audit.at(-1), channel, registry };
}
