/** What happens in one trial of the reset protocol, all of it drawn from the trial's seed. */
import { Dice } from './dice.ts';

/** On the way to the database: its n-th packet, or its n-th COMMIT; from 1. */
export type Packet = { readonly statement: number } | { readonly commit: number };

/** When a fault strikes: before a packet arrives, after its answer has come, or when the n-th sound begins, from 1. */
export type Moment = (Packet & { readonly side: 'before' | 'after' }) | { readonly sound: number };

export type Fault =
  /** Nothing: the rest of the trial must be right all the same. */
  | { readonly kind: 'none' }
  /** The connection breaks: the statement never arrives, or its answer does not. */
  | { readonly kind: 'lose-statement' | 'lose-answer'; readonly at: Packet }
  /** The statement arrives late, perhaps long after the application has given up. */
  | { readonly kind: 'delay-statement'; readonly at: Packet; readonly ms: number }
  /** All connections break, new ones are refused; or nothing passes in either direction. */
  | { readonly kind: 'refuse-connections' | 'silent-network'; readonly at: Packet; readonly ms: number }
  /** `ms`: until the successor starts, or until SIGCONT. */
  | { readonly kind: 'kill-application' | 'stop-application' | 'kill-database' | 'stop-database'; readonly at: Moment; readonly ms: number }
  /** Nothing can be written to the database's file system. */
  | { readonly kind: 'fill-disk'; readonly at: Moment; readonly ms: number }
  /** The application's clock jumps by this much. */
  | { readonly kind: 'jump-clock'; readonly at: Moment; readonly byMs: number };

export type FaultKind = Fault['kind'];

/** What the caller does. */
export interface CallerPlan {
  readonly keys: 'right' | 'wrong-then-right' | 'wrong';
  /** Leaves when this sound begins, from 1; null: stays to the end. */
  readonly hangsUpAtSound: number | null;
  /** Leaves when the application dies, instead of waiting for its successor. */
  readonly leavesWithApplication: boolean;
  /** A second call for the same account begins with this sound of the first; null: none. */
  readonly secondCallAtSound: number | null;
}

export interface Trial {
  readonly seed: string;
  readonly fault: Fault;
  readonly caller: CallerPlan;
}

/** Faults that strike the whole database server, and so need one of their own. */
export const serverFaults: readonly FaultKind[] = ['kill-database', 'stop-database', 'fill-disk'];

/** Packets, COMMITs and sounds of a call that goes well, with some to spare. */
const statements = 42;
const commits = 5;
const sounds = 46;

/** How often each fault is drawn, out of the sum. */
const weights: Record<FaultKind, number> = {
  none: 2,
  'lose-statement': 12,
  'lose-answer': 14,
  'delay-statement': 12,
  'refuse-connections': 8,
  'silent-network': 8,
  'kill-application': 18,
  'stop-application': 6,
  'kill-database': 10,
  'stop-database': 5,
  'fill-disk': 3,
  'jump-clock': 4,
};

export function planTrial(seed: string): Trial {
  const dice = new Dice(seed);
  const kind = dice.oneOf((Object.keys(weights) as FaultKind[]).flatMap((name) => Array.from({ length: weights[name] }, () => name)));
  return { seed, fault: planFault(kind, dice), caller: planCaller(dice) };
}

function planFault(kind: FaultKind, dice: Dice): Fault {
  const at: Packet = dice.happens(40) ? { commit: dice.number(1, commits) } : { statement: dice.number(1, statements) };
  const moment: Moment = dice.happens(65) ? { ...at, side: dice.oneOf(['before', 'after'] as const) } : { sound: dice.number(1, sounds) };
  switch (kind) {
    case 'none':
      return { kind };
    case 'lose-statement':
    case 'lose-answer':
      return { kind, at };
    case 'delay-statement':
      return { kind, at, ms: dice.oneOf([100, 450, 700, 1500, 2500, 4000]) };
    case 'refuse-connections':
    case 'silent-network':
      return { kind, at, ms: dice.number(100, 4000) };
    case 'kill-application':
      return { kind, at: moment, ms: dice.number(0, 600) };
    case 'stop-application':
    case 'stop-database':
    case 'fill-disk':
      return { kind, at: moment, ms: dice.number(200, 4000) };
    case 'kill-database':
      return { kind, at: moment, ms: dice.number(0, 2500) };
    case 'jump-clock':
      return { kind, at: moment, byMs: dice.oneOf([-1, 1]) * dice.oneOf([1500, 60_000, 3_600_000, 86_400_000, 400 * 86_400_000]) };
  }
}

function planCaller(dice: Dice): CallerPlan {
  return {
    keys: dice.oneOf(['right', 'right', 'right', 'right', 'right', 'wrong-then-right', 'wrong']),
    hangsUpAtSound: dice.happens(20) ? dice.number(1, sounds) : null,
    leavesWithApplication: dice.happens(25),
    secondCallAtSound: dice.happens(15) ? dice.number(1, sounds) : null,
  };
}
