/** What the tests of simulated calls share: the hotline as it is shipped, with the demo citizens. */
import { join } from 'node:path';
import { shippedLimits } from '../../src/accounts/limits.ts';
import { soundOf } from '../../src/call/prompts.ts';
import { demoCitizens } from '../../src/mysql/import/demo-citizens.ts';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';
import { defaultScript } from '../../src/simulation/hotline-over.ts';
import { KeyedCaller, readKeys } from '../../src/simulation/keyed-caller.ts';
import { loadHotline } from '../../src/simulation/load-hotline.ts';
import { putOnLine } from '../../src/simulation/scripted-caller.ts';
import { simulateAtOnce } from '../../src/simulation/simulate-seed.ts';
import type { CallReport, SimulatedCall } from '../../src/simulation/simulate-call.ts';

const checkout = join(import.meta.dirname, '../..');
export const lengths = await loadSoundLengths(join(checkout, 'sounds/vi'));
export const hotline = await loadHotline(
  {
    citizens: demoCitizens,
    script: { ...defaultScript, speechMs: lengthOf },
    limits: shippedLimits,
    lengths,
  },
  join(checkout, 'asterisk-config/extensions-site.conf'),
  (why) => {
    throw new Error(why);
  },
);

function lengthOf(sentence: readonly string[]): number {
  return sentence.reduce((sum, utterance) => sum + lengths.get(soundOf(utterance))!, 0);
}

/** A call of somebody who presses these keys, by default from the number of the first demo citizen. */
export function callKeying(keys: string, call: Partial<SimulatedCall> = {}): Promise<CallReport> {
  const caller = new KeyedCaller(readKeys(keys, () => true));
  return simulateAtOnce(hotline, {
    from: '0912345678',
    person: (channel) => putOnLine(channel, caller.hear),
    ...call,
  });
}

/** What was heard, in order: prompts by name; digits and silence left out. */
export function promptsIn({ events }: CallReport): string[] {
  return events.flatMap((event) => {
    const name = event.kind === 'heard' ? event.sound.replace('hotline/', '') : '';
    return /^(?:|silence|pause|digits\/\d)$/.test(name) ? [] : [name];
  });
}

/** The promises that a call has broken. */
export function brokenIn({ invariants }: CallReport): string[] {
  return invariants.filter(({ holds }) => !holds).map(({ name }) => name);
}
