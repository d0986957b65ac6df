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
  const dice = (what: string) => new Dice(`${seed} ${what}`);
  const number = from ?? randomNumber(dice('number'), hotline.citizens);
  const caller = randomCaller(dice('caller'), number, hotline);
  const digits = dice('password');
  return simulateAtOnce(hotline, {
    ...options,
    from: number,
    person: (channel) => putOnLine(channel, caller),
    drawDigit: () => digits.number(0, 9),
    ...(faults && troubledBy(dice('trouble'))),
  });
}

/** What goes wrong in a call, drawn from dice. */
export function troubledBy(dice: Dice): Pick<SimulatedCall, 'trouble'> {
  return { trouble: (parts, tell) => drawTrouble(dice, parts, tell) };
}
