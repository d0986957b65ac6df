/** One trial with real calls: what strikes the running hotline, and at which step of the first caller's call. */
import { Dice } from './dice.ts';

/** Steps of a call, as its caller notices them: a sound, and how many of that kind have begun. */
export const steps = {
  menu: ['hotline/menu', 1],
  'the question': ['hotline/enter-code-10', 1],
  'the check': ['hotline/please-wait', 1],
  'before the first digit': ['hotline/password-intro', 1],
  'the first digit': [/^digits/, 1],
  'within the first reading': [/^digits/, 5],
  'the last digit': [/^digits/, 8],
  'told that it changed': ['hotline/changed', 1],
  'within the second reading': [/^digits/, 12],
  goodbye: ['hotline/goodbye', 1],
} as const satisfies Record<string, readonly [string | RegExp, number]>;

export type Step = keyof typeof steps;
export type Victim = 'application' | 'pbx' | 'database';
export const eventTypes = [
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
  /** The next COMMIT, or the next statement. */
  | { readonly kind: 'database-link'; readonly what: 'lose-answer' | 'lose-statement' | 'delay'; readonly commit: boolean; readonly ms: number }
  | { readonly kind: 'database-away'; readonly ms: number }
  /** The next events of this type. */
  | { readonly kind: 'events'; readonly what: 'drop' | 'duplicate' | 'reorder' | 'delay'; readonly type: string; readonly count: number; readonly ms: number }
  | { readonly kind: 'event-socket' }
  | { readonly kind: 'requests'; readonly what: 'refuse' | 'break' | 'reset' | 'delay'; readonly count: number; readonly ms: number }
  | { readonly kind: 'fill-disk'; readonly ms: number }
  | { readonly kind: 'jump-clock'; readonly byMs: number };

export interface CallTrial {
  readonly seed: string;
  readonly step: Step;
  readonly fault: CallFault;
  /** When each caller leaves; the first is the one whose step counts. */
  readonly leaveAt: readonly (Step | null)[];
}

export function planCallTrial(seed: string, callers: number): CallTrial {
  const dice = new Dice(`calls ${seed}`);
  const names = Object.keys(steps) as Step[];
  const leaves = () => (dice.happens(25) ? dice.oneOf(names.slice(1)) : null);
  return { seed, step: dice.oneOf(names), fault: planFault(dice), leaveAt: [null, ...Array.from({ length: callers - 1 }, leaves)] };
}

function planFault(dice: Dice): CallFault {
  const victim = dice.oneOf(['application', 'pbx', 'database'] as const);
  const ms = dice.number(1000, 20_000);
  switch (
    dice.oneOf([
      'kill',
      'kill',
      'kill',
      'stop',
      'stop',
      'link',
      'link',
      'away',
      'events',
      'events',
      'events',
      'socket',
      'requests',
      'requests',
      'disk',
      'clock',
    ])
  ) {
    case 'kill':
      return { kind: 'kill', victim };
    case 'stop':
      return { kind: 'stop', victim, ms };
    case 'link':
      return { kind: 'database-link', what: dice.oneOf(['lose-answer', 'lose-statement', 'delay']), commit: dice.happens(70), ms: dice.number(200, 4000) };
    case 'away':
      return { kind: 'database-away', ms };
    case 'events':
      return {
        kind: 'events',
        what: dice.oneOf(['drop', 'duplicate', 'reorder', 'delay']),
        type: dice.oneOf(eventTypes),
        count: dice.number(1, 3),
        ms: dice.number(50, 3000),
      };
    case 'socket':
      return { kind: 'event-socket' };
    case 'requests':
      return { kind: 'requests', what: dice.oneOf(['refuse', 'break', 'reset', 'delay']), count: dice.number(1, 4), ms: dice.number(200, 4000) };
    case 'disk':
      return { kind: 'fill-disk', ms };
    default:
      return { kind: 'jump-clock', byMs: dice.oneOf([-1, 1]) * dice.oneOf([1500, 3_600_000, 86_400_000, 400 * 86_400_000]) };
  }
}
