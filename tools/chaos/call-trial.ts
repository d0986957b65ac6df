/**
 * One trial with real calls: which fault strikes the running hotline, and at which step of the
 * first caller's call.
 */
import type { Prompt } from '../../src/call/prompts.ts';
import { Dice } from './dice.ts';

/** Steps of a call, as its caller notices them: a sound, and how many of that kind have begun. */
export const steps = {
  menu: ['hotline/menu', 1],
  'the question': ['hotline/enter-code-10', 1],
  'the check': ['hotline/please-wait', 1],
  'told of a mismatch': ['hotline/mismatch', 1],
  'before the first digit': ['hotline/password-intro', 1],
  'the first digit': [/^digits/, 1],
  'within the first reading': [/^digits/, 5],
  'the last digit': [/^digits/, 8],
  'told that it changed': ['hotline/changed', 1],
  'within the second reading': [/^digits/, 12],
  validity: ['hotline/valid-10-minutes', 1],
  goodbye: ['hotline/goodbye', 1],
} as const satisfies Record<string, readonly ['hotline/menu' | `hotline/${Prompt}` | RegExp, number]>;

export type Step = keyof typeof steps;
export type Victim = 'application' | 'pbx' | 'database';

const eventTypes = [
  'PlaybackStarted',
  'PlaybackContinuing',
  'PlaybackFinished',
  'ChannelDtmfReceived',
  'StasisStart',
  'StasisEnd',
  'ChannelDestroyed',
  'ChannelHangupRequest',
];

export type CallFault =
  | { readonly kind: 'kill'; readonly victim: Victim }
  | { readonly kind: 'stop'; readonly victim: Victim; readonly ms: number }
  /** The next COMMIT of a call, or the next statement of one. */
  | {
      readonly kind: 'database';
      readonly what: 'lose-answer' | 'lose-statement' | 'delay';
      readonly commit: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'database-unreachable'; readonly ms: number }
  /** The application is killed while the database is unreachable. */
  | { readonly kind: 'lose-both'; readonly ms: number }
  /** The next events of this type. */
  | {
      readonly kind: 'events';
      readonly what: 'drop' | 'duplicate' | 'reorder' | 'delay';
      readonly type: string;
      readonly count: number;
      readonly ms: number;
    }
  | { readonly kind: 'event-socket' }
  /** The next requests: answered 503; not carried out; carried out, but the answer is lost; late. */
  | {
      readonly kind: 'requests';
      readonly what: 'refuse' | 'break' | 'reset' | 'delay';
      readonly count: number;
      readonly ms: number;
    }
  | { readonly kind: 'fill-disk'; readonly ms: number }
  | { readonly kind: 'jump-clock'; readonly of: 'application' | 'database'; readonly byMs: number };

/** What one caller does. */
export interface CallerPlan {
  /** Counted from the start of the trial. */
  readonly startsInMs: number;
  /** Waits for the question, instead of keying 8 and the code in one go. */
  readonly waits: boolean;
  /** Keys a wrong code first. */
  readonly errs: boolean;
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

const dayMs = 86_400_000;

/** Every fault there is, the most likely ones twice. */
const faults: readonly ((dice: Dice) => CallFault)[] = [
  ...(['application', 'pbx', 'database', 'application', 'pbx', 'database'] as const).map(
    (victim) => () => ({ kind: 'kill', victim }) as const,
  ),
  ...(['application', 'pbx', 'database'] as const).map(
    (victim) => (dice: Dice) => ({ kind: 'stop', victim, ms: dice.number(1000, 20_000) }) as const,
  ),
  ...(['lose-answer', 'lose-answer', 'lose-statement', 'delay'] as const).map(
    (what) => (dice: Dice) =>
      ({ kind: 'database', what, commit: dice.happens(80), ms: dice.number(200, 4000) }) as const,
  ),
  (dice) => ({ kind: 'database-unreachable', ms: dice.number(1000, 8000) }),
  (dice) => ({ kind: 'database-unreachable', ms: dice.number(15_000, 20_000) }),
  (dice) => ({ kind: 'lose-both', ms: dice.number(3000, 8000) }),
  ...(['drop', 'duplicate', 'reorder', 'delay'] as const).map(
    (what) => (dice: Dice) =>
      ({
        kind: 'events',
        what,
        type: dice.oneOf(eventTypes),
        count: dice.number(1, 3),
        ms: dice.number(50, 3000),
      }) as const,
  ),
  () => ({ kind: 'event-socket' }),
  ...(['refuse', 'break', 'reset', 'delay'] as const).map(
    (what) => (dice: Dice) =>
      ({ kind: 'requests', what, count: dice.number(1, 4), ms: dice.number(200, 4000) }) as const,
  ),
  (dice) => ({ kind: 'fill-disk', ms: dice.number(1000, 12_000) }),
  ...(['application', 'database'] as const).map(
    (of) => (dice: Dice) =>
      ({
        kind: 'jump-clock',
        of,
        byMs: dice.oneOf([-1, 1]) * dice.oneOf([1500, 3_600_000, dayMs, 400 * dayMs]),
      }) as const,
  ),
];

/** For the report: `kill pbx`, `events drop`. */
export function describeFault(fault: CallFault): string {
  return [
    fault.kind,
    'victim' in fault ? fault.victim : '',
    'what' in fault ? fault.what : '',
    'of' in fault ? fault.of : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Whether callers notice the fault only as a wait, because neither sound nor application is struck. */
export function isOfDatabase(fault: CallFault): boolean {
  if (fault.kind === 'kill' || fault.kind === 'stop') return fault.victim === 'database';
  return (
    fault.kind === 'database' ||
    fault.kind === 'database-unreachable' ||
    fault.kind === 'fill-disk' ||
    (fault.kind === 'jump-clock' && fault.of === 'database')
  );
}

/** Whether the fault strikes between application and caller, so what the application says may be lost. */
export function isOfLine(fault: CallFault): boolean {
  if (fault.kind === 'kill' || fault.kind === 'stop') return fault.victim === 'pbx';
  return fault.kind === 'events' || fault.kind === 'event-socket' || fault.kind === 'requests';
}

/**
 * The `number`-th trial of a campaign, from 1. Faults and steps take turns, each in an order drawn
 * from the seed, so that a short campaign has them all.
 */
export function planCallTrial(seed: string, number: number, callers: number): CallTrial {
  const order = new Dice(`order ${seed}`);
  const [ofFaults, ofSteps] = [order.shuffled(faults), order.shuffled(Object.keys(steps) as Step[])];
  const turn = number - 1;
  const dice = new Dice(`calls ${seed}-${number}`);
  const step = ofSteps[(turn + Math.floor(turn / faults.length)) % ofSteps.length]!;
  const fault = ofFaults[turn % faults.length]!(dice);
  const first = {
    startsInMs: 8000,
    waits: step === 'the question',
    errs: step === 'told of a mismatch',
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
  const leavesAt = dice.happens(25) ? dice.oneOf((Object.keys(steps) as Step[]).slice(1)) : null;
  return { startsInMs: dice.number(0, 20) * 1000, waits: dice.happens(30), errs: dice.happens(20), leavesAt };
}
