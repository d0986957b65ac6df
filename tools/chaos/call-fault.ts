/** Every fault that can strike a hotline with real calls, and what may be expected of callers then. */
import type { Hold } from '../../src/sip-caller/sdp.ts';
import type { OfferedIn } from '../../src/sip-caller/sip-leg.ts';
import type { Step } from './call-step.ts';
import type { Dice } from '../../src/simulation/dice.ts';

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

/** A second `hotline serve` beside the running one. All but `beside` must fail, and harm nobody. */
export const secondStarts = [
  /** A node and a name on the PBX of its own: two applications on one registry. It dies and never comes back. */
  'beside',
  'same-node',
  'same-journal',
  'same-port',
  'no-schema',
  'no-database',
  'wrong-pbx-password',
] as const;

export type SecondStart = (typeof secondStarts)[number];

export type CallFault =
  | { readonly kind: 'kill'; readonly victim: Victim }
  /** SIGSTOP. `ms` null: for ever, so that only SIGKILL ends it when the calls are over. */
  | { readonly kind: 'stop'; readonly victim: Victim; readonly ms: number | null }
  /** Every phone in a call holds. `ms` null: and never comes back. */
  | {
      readonly kind: 'hold';
      readonly by: Hold;
      readonly offeredIn: OfferedIn;
      /** Whether the phone goes on sending RTP meanwhile. */
      readonly keepsSending: boolean;
      /** Whether the application never hears of it: the events are lost. */
      readonly isUnnoticed: boolean;
      readonly ms: number | null;
    }
  /** Every phone in a call sends nothing more, without a word. */
  | { readonly kind: 'media-stops' }
  | { readonly kind: 'start'; readonly what: SecondStart }
  /** The application's event loop does nothing else for this long. */
  | { readonly kind: 'block-loop'; readonly ms: number }
  /** Who reads the application's log stops reading. */
  | { readonly kind: 'stall-log'; readonly ms: number }
  /** The next COMMIT of a call, or the next statement of one. */
  | {
      readonly kind: 'database';
      readonly what: 'lose-answer' | 'lose-statement' | 'delay';
      readonly commit: boolean;
      readonly ms: number;
    }
  | { readonly kind: 'database-unreachable'; readonly ms: number }
  /** A middle box has dropped the idle connections, and tells nobody. */
  | { readonly kind: 'forget-connections' }
  /** Failover: the connections break, and the server that answers then takes no changes for a while. */
  | { readonly kind: 'read-only'; readonly ms: number }
  /** An outside client takes every connection while ours break, or holds the rows that calls lock. */
  | { readonly kind: 'exhaust-connections' | 'lock-rows'; readonly ms: number }
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
  /** The event socket breaks, and no other opens for this long. */
  | { readonly kind: 'event-socket'; readonly ms: number }
  /** The next requests: answered 503; not carried out; carried out, but the answer is lost; late. */
  | {
      readonly kind: 'requests';
      readonly what: 'refuse' | 'break' | 'reset' | 'delay';
      readonly count: number;
      readonly ms: number;
    }
  /** Neither events nor requests pass. */
  | { readonly kind: 'pbx-unreachable'; readonly ms: number }
  /** Nothing can be written to the journal, to Asterisk's files, or to the database's. */
  | { readonly kind: 'fill-disk'; readonly of: Victim; readonly ms: number }
  | { readonly kind: 'jump-clock'; readonly of: Victim; readonly byMs: number };

/** A fault, and the step it must strike at to strike at all. */
export interface DrawnFault {
  readonly fault: CallFault;
  readonly step?: Step;
}

const dayMs = 86_400_000;
/** What NTP mends, and a clock that was wrong by days. */
const clockSteps = [
  [-5000, -500, 500, 5000],
  [-400 * dayMs, -dayMs, dayMs, 400 * dayMs],
];
const victims = ['application', 'pbx', 'database'] as const;

const holdWays: readonly [Hold, OfferedIn, keepsSending: boolean][] = [
  ['inactive', 'INVITE', false],
  ['inactive', 'INVITE', true],
  ['inactive', 'UPDATE', false],
  ['inactive', 'ACK', false],
  ['sendonly', 'INVITE', true],
  ['sendonly', 'ACK', true],
  ['zero-address', 'INVITE', true],
  ['zero-port', 'INVITE', false],
];

const hold = (dice: Dice, ms: number | null): DrawnFault => {
  const [by, offeredIn, keepsSending] = dice.oneOf(holdWays);
  return { fault: { kind: 'hold', by, offeredIn, keepsSending, isUnnoticed: dice.happens(30), ms } };
};

/** Every kind of fault, the most likely ones twice. */
export const faults: readonly ((dice: Dice) => DrawnFault)[] = [
  ...[...victims, ...victims].map((victim) => () => ({ fault: { kind: 'kill', victim } as const })),
  ...victims.map((victim) => (dice: Dice) => ({
    fault: { kind: 'stop', victim, ms: dice.number(1000, 20_000) } as const,
  })),
  ...victims.map((victim) => () => ({ fault: { kind: 'stop', victim, ms: null } as const })),
  ...[2000, 6000, 20_000].map((ms) => (dice: Dice) => hold(dice, dice.number(ms / 2, ms))),
  (dice) => hold(dice, null),
  () => ({ fault: { kind: 'media-stops' } }),
  (dice) => ({ fault: { kind: 'start', what: 'beside' }, step: dice.oneOf(['the question', 'the check']) }),
  ...secondStarts.slice(1).map((what) => () => ({ fault: { kind: 'start', what } as const })),
  (dice) => ({ fault: { kind: 'block-loop', ms: dice.oneOf([100, 1500, 4000, 15_000]) } }),
  (dice) => ({ fault: { kind: 'stall-log', ms: dice.number(5000, 30_000) } }),
  ...(['lose-answer', 'lose-answer', 'lose-statement', 'delay'] as const).map((what) => (dice: Dice) => ({
    fault: { kind: 'database', what, commit: dice.happens(80), ms: dice.number(200, 4000) } as const,
  })),
  (dice) => ({ fault: { kind: 'database-unreachable', ms: dice.number(1000, 8000) } }),
  (dice) => ({ fault: { kind: 'database-unreachable', ms: dice.number(15_000, 20_000) } }),
  () => ({ fault: { kind: 'forget-connections' } }),
  ...(['read-only', 'exhaust-connections', 'lock-rows'] as const).map((kind) => (dice: Dice) => ({
    fault: { kind, ms: dice.number(1000, 12_000) } as const,
  })),
  (dice) => ({ fault: { kind: 'lose-both', ms: dice.number(3000, 8000) } }),
  ...(['drop', 'duplicate', 'reorder', 'delay'] as const).map((what) => (dice: Dice) => ({
    fault: {
      kind: 'events',
      what,
      type: dice.oneOf(eventTypes),
      count: dice.number(1, 3),
      ms: dice.number(50, 3000),
    } as const,
  })),
  () => ({ fault: { kind: 'events', what: 'drop', type: 'StasisStart', count: 2, ms: 0 }, step: 'menu' }),
  (dice) => ({ fault: { kind: 'event-socket', ms: dice.oneOf([0, 2000, 10_000]) } }),
  (dice) => ({ fault: { kind: 'pbx-unreachable', ms: dice.oneOf([1000, 4000, 15_000]) } }),
  ...(['refuse', 'break', 'reset', 'delay'] as const).map((what) => (dice: Dice) => ({
    fault: { kind: 'requests', what, count: dice.number(1, 4), ms: dice.number(200, 4000) } as const,
  })),
  ...victims.map((of) => (dice: Dice) => ({
    fault: { kind: 'fill-disk', of, ms: dice.number(1000, 12_000) } as const,
  })),
  ...victims.flatMap((of) =>
    clockSteps.map((sizes) => (dice: Dice) => ({
      fault: { kind: 'jump-clock', of, byMs: dice.oneOf(sizes) } as const,
    })),
  ),
];

/** For the report: `kill pbx`, `events drop`, `stop database for ever`, `jump-clock pbx by days`. */
export function describeFault(fault: CallFault): string {
  return [
    fault.kind,
    'victim' in fault ? fault.victim : '',
    'what' in fault ? fault.what : '',
    'of' in fault ? fault.of : '',
    fault.kind === 'jump-clock' && Math.abs(fault.byMs) >= dayMs ? 'by days' : '',
    fault.kind === 'events' && fault.what === 'drop' && fault.type === 'StasisStart' ? 'StasisStart' : '',
    (fault.kind === 'hold' || fault.kind === 'stop') && fault.ms === null ? 'for ever' : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** Whether the fault strikes between application and caller, so what the application says may be lost. */
export function isOfLine({ kind, ...fault }: CallFault): boolean {
  if ('victim' in fault) return fault.victim === 'pbx';
  return ['hold', 'events', 'event-socket', 'requests', 'pbx-unreachable'].includes(kind);
}
