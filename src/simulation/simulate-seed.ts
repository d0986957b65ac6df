/** Calls in virtual time. */
import type { NamedBranch } from '../hotline/branch.ts';
import type { CallEvent } from './call-events.ts';
import { Dice } from './dice.ts';
import { randomCaller, randomNumber } from './random-caller.ts';
import { drawTrouble } from './random-trouble.ts';
import { putOnLine } from './scripted-caller.ts';
import { simulateCall, type CallReport, type SimulatedCall } from './simulate-call.ts';
import type { SimulatedHotline } from './simulated-hotline.ts';
import { inVirtualTime } from './virtual-time.ts';

/** Places a call in virtual time. @throws NothingHappens */
export function simulateAtOnce(hotline: SimulatedHotline, call: SimulatedCall): Promise<CallReport> {
  const jitter = new Dice('jitter');
  return inVirtualTime(
    () => simulateCall(hotline, call),
    () => jitter.number(0, 999) / 1000,
  );
}

/** What of a call is not left to its seed. */
export interface SeedOptions {
  readonly seed: number;
  readonly faults: boolean;
  /** As of {@link SimulatedCall}. */
  readonly branch?: NamedBranch;
  readonly from?: string;
  readonly onEvent?: (event: CallEvent) => void;
}

/**
 * Lets a random caller call. The same seed makes the same call, to the millisecond and the digit; with faults it is
 * the same caller, in trouble.
 *
 * @throws NothingHappens
 */
export async function simulateSeed(
  hotline: SimulatedHotline,
  { seed, faults, from, ...options }: SeedOptions,
): Promise<CallReport> {
  const number = from ?? randomNumber(new Dice(`${seed} number`), hotline.citizens);
  const caller = randomCaller(new Dice(`${seed} caller`), number, hotline);
  return simulateAtOnce(hotline, {
    ...{ ...options, from: number, ...chanceOf(seed, faults) },
    person: (channel) => putOnLine(channel, caller),
  });
}

/** What is left to chance in the call of any caller: its password and, with faults, its trouble. */
export function chanceOf(seed: number, faults: boolean): Pick<SimulatedCall, 'drawDigit' | 'trouble'> {
  const [digits, trouble] = [new Dice(`${seed} password`), new Dice(`${seed} trouble`)];
  return {
    drawDigit: () => digits.number(0, 9),
    ...(faults && { trouble: (parts, tell) => drawTrouble(trouble, parts, tell) }),
  };
}
