/**
 * One trial with real calls: which fault strikes the running hotline, and at which step of the
 * first caller's call.
 */
import { faults, type CallFault } from './call-fault.ts';
import { stepNames, type Step } from './call-step.ts';
import { Dice } from '../../src/simulation/dice.ts';

/** What one caller does. */
export interface CallerPlan {
  /** Counted from the start of the trial. */
  readonly startsInMs: number;
  /** Waits for the question, instead of keying 8 and the code in one go. */
  readonly waits: boolean;
  /** Keys a wrong code first. */
  readonly errs: boolean;
  /** Asks for a third reading, where it is offered. */
  readonly hearsAgain: boolean;
  /** Hangs up when this step begins. */
  readonly leavesAt: Step | null;
}

export interface CallTrial {
  readonly seed: string;
  readonly step: Step;
  readonly fault: CallFault;
  /** The fault strikes at a step of the first caller's call. */
  readonly callers: readonly CallerPlan[];
}

/** The calls of a trial start within this time, ms, so that the fault finds them at different steps. */
const spreadMs = 12_000;

/**
 * The `number`-th trial of a campaign, from 1. Faults and steps take turns, each in an order drawn
 * from the seed, so that a short campaign has them all.
 */
export function planCallTrial(seed: string, number: number, callers: number): CallTrial {
  const order = new Dice(`order ${seed}`);
  const [ofFaults, ofSteps] = [order.shuffled(faults), order.shuffled(stepNames)];
  const turn = number - 1;
  const dice = new Dice(`calls ${seed}-${number}`);
  const { fault, step = ofSteps[(turn + Math.floor(turn / faults.length)) % ofSteps.length]! } =
    ofFaults[turn % faults.length]!(dice);
  const first = {
    startsInMs: spreadMs / 3,
    waits: step === 'the question',
    errs: step === 'told of a mismatch',
    hearsAgain: step === 'within a further reading',
    leavesAt: null,
  };
  return {
    seed: `${seed}-${number}`,
    step,
    fault,
    callers: [first, ...Array.from({ length: callers - 1 }, () => planCaller(dice))],
  };
}

function planCaller(dice: Dice): CallerPlan {
  const leavesAt = dice.happens(25) ? dice.oneOf(stepNames.slice(1)) : null;
  return {
    startsInMs: dice.number(0, spreadMs),
    waits: dice.happens(30),
    errs: dice.happens(20),
    hearsAgain: dice.happens(20),
    leavesAt,
  };
}
