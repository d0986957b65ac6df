/** What happens in one trial of the reset protocol, all of it drawn from the trial's seed. */
import { Dice } from '../../src/simulation/dice.ts';
import { isDatabaseStep, sizes, steps, type LineStep, type Step } from './steps.ts';

/**
 * When a fault strikes: at the n-th sound or statement of a step, counted from 1; before a
 * statement arrives, or after its answer.
 */
export interface Moment {
  readonly step: Step;
  readonly nth: number;
  readonly side: 'before' | 'after';
}

export type Fault =
  /** No fault: the rest of the trial must be right all the same. */
  | { readonly kind: 'none'; readonly at: Moment }
  /** The connection breaks: the statement does not arrive, or its answer does not. */
  | { readonly kind: 'lose-statement' | 'lose-answer'; readonly at: Moment }
  /** The statement arrives late, perhaps long after the application has given up. */
  | { readonly kind: 'delay-statement'; readonly at: Moment; readonly ms: number }
  /** All connections break and new ones are refused; or nothing passes in either direction. */
  | { readonly kind: 'refuse-connections' | 'silent-network'; readonly at: Moment; readonly ms: number }
  /** A middle box has dropped the idle connections, and tells nobody. */
  | { readonly kind: 'forget-connections'; readonly at: Moment }
  /** An outside client holds the rows that calls lock; or it takes every connection while ours break. */
  | { readonly kind: 'lock-rows' | 'exhaust-connections'; readonly at: Moment; readonly ms: number }
  /** Failover: the connections break, and the server that answers then takes no changes for a while. */
  | { readonly kind: 'read-only'; readonly at: Moment; readonly ms: number }
  /** `ms`: until the successor starts. */
  | { readonly kind: 'kill-application'; readonly at: Moment; readonly ms: number }
  /** `ms`: until it starts again, or until SIGCONT. */
  | {
      readonly kind: 'stop-application' | 'kill-database' | 'stop-database';
      readonly at: Moment;
      readonly ms: number;
    }
  /**
   * The application is killed while the database is unreachable: only the journal has a record of
   * the call.
   */
  /** The application's machine never comes back: another instance closes its calls and serves the next. */
  | { readonly kind: 'lose-machine'; readonly at: Moment }
  | { readonly kind: 'lose-both'; readonly at: Moment; readonly ms: number }
  /** Nothing can be written to the database's file system. */
  | { readonly kind: 'fill-disk'; readonly at: Moment; readonly ms: number }
  /** Nothing can be written to the application's disk: the call journal. */
  | { readonly kind: 'fill-journal'; readonly at: Moment; readonly ms: number }
  /** The application's clock jumps by this much, or the database's. */
  | {
      readonly kind: 'jump-application-clock' | 'jump-database-clock';
      readonly at: Moment;
      readonly byMs: number;
    };

export type FaultKind = Fault['kind'];

/** What the caller does. */
export interface CallerPlan {
  readonly keys: 'right' | 'wrong-then-right' | 'wrong';
  /** How often the caller asks for another reading, where it is offered. */
  readonly furtherReadings: number;
  /** Hangs up when a step begins, or this many sounds after the fault; null: stays to the end. */
  readonly hangsUp: { readonly at: LineStep } | { readonly soundsAfterFault: number } | null;
  /** Hangs up when the application dies, instead of waiting for its successor. */
  readonly leavesWithApplication: boolean;
  /**
   * A second call for the same account begins at this sound of the first, and the application of another
   * machine serves it, or the same one; null: no second call.
   */
  readonly secondCall: { readonly atSound: number; readonly onOtherMachine: boolean } | null;
}

export interface Trial {
  readonly seed: string;
  readonly fault: Fault;
  readonly caller: CallerPlan;
}

/** Faults that strike the whole database server, and so need a server of their own. */
export const serverFaults: readonly FaultKind[] = [
  'kill-database',
  'stop-database',
  'fill-disk',
  'read-only',
  'exhaust-connections',
];

/** How many sounds a call that goes well has, and a few more. */
const sounds = 46;

/** How often each fault is drawn, as a share of the sum. */
const weights: Record<FaultKind, number> = {
  none: 2,
  'lose-statement': 9,
  'lose-answer': 12,
  'delay-statement': 9,
  'refuse-connections': 8,
  'silent-network': 8,
  'forget-connections': 7,
  'lock-rows': 6,
  'exhaust-connections': 5,
  'read-only': 6,
  'kill-application': 18,
  'lose-machine': 8,
  'stop-application': 7,
  'kill-database': 11,
  'stop-database': 7,
  'lose-both': 6,
  'fill-disk': 6,
  'fill-journal': 4,
  'jump-application-clock': 5,
  'jump-database-clock': 6,
};

const dayMs = 86_400_000;
/** How far a clock may be set: by a time server, by hand, by a battery that has died. */
const clockStepsMs = [500, 500, 5000, 5000, 60_000, 3_600_000, dayMs, 400 * dayMs];
/** Steps of a call that the database does not know of yet. */
const beforeOpened = steps.slice(0, steps.indexOf('the question'));
/** Lengths of a SIGSTOP, ms; mostly short, because a stopped process holds up its whole lane. */
const stops = [1000, 1000, 1500, 2000, 3000, 4000, 6000, 9000, 14_000, 20_000];

/** Draws a trial from its seed. */
export function planTrial(seed: string): Trial {
  const dice = new Dice(seed);
  const kind = dice.oneOf(
    (Object.keys(weights) as FaultKind[]).flatMap((name) =>
      Array.from({ length: weights[name] }, () => name),
    ),
  );
  const fault = planFault(kind, dice);
  return { seed, fault, caller: planCaller(fault, dice) };
}

function planFault(kind: FaultKind, dice: Dice): Fault {
  const isOfLink = kind === 'lose-statement' || kind === 'lose-answer' || kind === 'delay-statement';
  // Gives each step a fair share, although faults of the link strike only steps of the database.
  const isDatabases = isOfLink || dice.happens(35);
  const isUnheardOf = kind === 'lose-both' && dice.happens(60);
  const step = dice.oneOf(
    isUnheardOf ? beforeOpened : steps.filter((each) => isDatabaseStep(each) === isDatabases),
  );
  const at: Moment = {
    step,
    nth: dice.number(1, sizes[step] ?? 1),
    side: dice.oneOf(['before', 'after'] as const),
  };
  switch (kind) {
    case 'none':
    case 'forget-connections':
    case 'lose-machine':
    case 'lose-statement':
    case 'lose-answer':
      return { kind, at };
    case 'delay-statement':
      return { kind, at, ms: dice.oneOf([100, 450, 700, 1500, 2500, 4000]) };
    case 'refuse-connections':
    case 'silent-network':
      return { kind, at, ms: dice.happens(15) ? dice.number(8000, 14_000) : dice.number(100, 4000) };
    case 'kill-application':
    case 'lose-both':
      return { kind, at, ms: dice.number(0, 600) };
    case 'stop-application':
    case 'stop-database':
      return { kind, at, ms: dice.oneOf(stops) };
    case 'fill-disk':
    case 'fill-journal':
    case 'read-only':
    case 'lock-rows':
    case 'exhaust-connections':
      return { kind, at, ms: dice.number(200, 4000) };
    case 'kill-database':
      return { kind, at, ms: dice.number(0, 2500) };
    case 'jump-application-clock':
    case 'jump-database-clock':
      return {
        kind,
        at,
        byMs: dice.oneOf([-1, 1]) * dice.oneOf(clockStepsMs),
      };
  }
}

/** Plans a caller who reaches the step where the fault waits. */
function planCaller({ kind, at: { step } }: Fault, dice: Dice): CallerPlan {
  const reading: readonly LineStep[] = [
    'before the first digit',
    'the first digit',
    'within the first reading',
    'the last digit',
  ];
  const leavesWithApplication = dice.happens(kind === 'lose-both' ? 60 : 25);
  const secondCall = dice.happens(20)
    ? { atSound: dice.number(1, sounds), onOtherMachine: dice.happens(50) }
    : null;
  const whenever = dice.happens(20) ? { soundsAfterFault: dice.number(0, 10) } : null;
  const furtherReadings = step === 'within a further reading' ? 2 : dice.number(0, 2);
  const rest = { leavesWithApplication, secondCall, furtherReadings };
  if (step === 'told of a mismatch')
    return { keys: dice.oneOf(['wrong', 'wrong-then-right']), hangsUp: whenever, ...rest };
  if (step === 'reset voided') return { keys: 'right', hangsUp: { at: dice.oneOf(reading) }, ...rest };
  if (step.startsWith('closing') && dice.happens(60))
    return { keys: 'right', hangsUp: { at: dice.oneOf(['the question', ...reading]) }, ...rest };
  if (step.startsWith('closing')) return { keys: 'wrong', hangsUp: null, ...rest };
  if (step === 'check: COMMIT')
    return { keys: dice.oneOf(['wrong', 'wrong-then-right']), hangsUp: whenever, ...rest };
  const isEarly =
    steps.indexOf(step) < steps.indexOf('reset prepared') || step === 'please wait' || step === 'hang-up';
  const keys = dice.oneOf([
    'right',
    'right',
    'right',
    'right',
    'right',
    'wrong-then-right',
    isEarly ? 'wrong' : 'right',
  ] as const);
  return { keys, hangsUp: whenever, ...rest };
}
