/** Calls and figures as a small hotline has them, the same at each run. */
import {
  lengthsFrom,
  placesOfGivingUp,
  type CallCounts,
  type Figures,
  type FiguresRange,
} from '../../../src/registry/call-figures.ts';
import type { Live } from '../../../src/registry/live-figures.ts';
import type { ShownCall } from '../../../src/registry/shown-call.ts';

const noon = new Date('2026-11-25T05:00:00Z');

export function sampleCalls(): ShownCall[] {
  return [
    {
      ...{ id: '2', openedAt: new Date(noon.getTime() - 44_200), closedAt: noon, durationMs: 44_200 },
      ...{
        branch: 'reset',
        outcome: 'changed',
        reason: 'heard, then stored',
        validUntil: new Date(noon.getTime() + 609_000),
      },
      ...{ mismatches: 1, silences: 0, incompleteCodes: 0, readingBegun: true, maskedPhone: '+84***5678' },
      ...{ identity: 'asserted', node: 'pbx-1', callId: '3f1c2b3a-0000-4000-8000-000000000002', batch: 4711 },
      steps: [
        { atMs: 2, kind: 'arrived', detail: 'reset' },
        { atMs: 40, kind: 'answered' },
        { atMs: 52, kind: 'identity', detail: 'asserted' },
        { atMs: 60, kind: 'opening', detail: 'admitted', tookMs: 6 },
        { atMs: 110, kind: 'says', detail: 'enter-code-10' },
        { atMs: 5200, kind: 'said' },
        ...Array.from({ length: 10 }, (_, at) => ({ atMs: 6200 + at * 420, kind: 'key' as const })),
        { atMs: 10_600, kind: 'code', detail: 'match', tookMs: 5 },
        { atMs: 10_900, kind: 'reset', detail: 'prepared', tookMs: 7 },
        { atMs: 11_100, kind: 'says', detail: 'password-intro 8 digits' },
        { atMs: 24_000, kind: 'said' },
        { atMs: 24_040, kind: 'reset', detail: 'activated', tookMs: 12 },
        { atMs: 24_100, kind: 'says', detail: 'changed 8 digits' },
        { atMs: 35_200, kind: 'said' },
        { atMs: 35_210, kind: 'says', detail: 'offer-reading valid-10-minutes change-at-login' },
        { atMs: 42_200, kind: 'said' },
        { atMs: 43_700, kind: 'says', detail: 'goodbye' },
        { atMs: 44_000, kind: 'said' },
        { atMs: 44_100, kind: 'hangs-up' },
        { atMs: 44_200, kind: 'ended', detail: 'changed' },
      ],
    },
    {
      ...{ id: '1', openedAt: null, closedAt: new Date(noon.getTime() - 60_000), durationMs: 0 },
      ...{ branch: 'reset', outcome: 'limited', reason: 'all lines are busy', validUntil: null },
      ...{ mismatches: 0, silences: 0, incompleteCodes: 0, readingBegun: false, maskedPhone: null },
      ...{
        identity: null,
        node: 'pbx-2',
        callId: '3f1c2b3a-0000-4000-8000-000000000001',
        batch: null,
        steps: null,
      },
    },
  ];
}

function countsOf(calls: number): CallCounts {
  const changed = Math.round(calls * 0.55);
  const refused = Math.round(calls * 0.03);
  const mismatch = Math.round(calls * 0.2);
  return {
    ...{ calls, refused, mismatches: mismatch * 2 },
    outcomes: { changed, mismatch, 'hung-up': calls - changed - mismatch - refused, limited: refused },
    funnel: {
      ...{ called: calls * 2, answered: calls - refused, keyed: Math.round(calls * 0.85) },
      ...{ matched: Math.round(calls * 0.6), reading: Math.round(calls * 0.58), changed },
    },
    menu: {
      operator: Math.round(calls / 5),
      left: Math.round(calls / 3),
      'other-key': Math.round(calls / 10),
    },
  };
}

export function sampleFigures({ from, to }: FiguresRange): Figures {
  const step = to.getTime() - from.getTime() > 3 * 86_400_000 ? 'day' : 'hour';
  const stepMs = step === 'day' ? 86_400_000 : 3_600_000;
  const points = Array.from({ length: (to.getTime() - from.getTime()) / stepMs }, (_, at) => ({
    at: new Date(from.getTime() + at * stepMs),
    ...countsOf(Math.round(100 + 90 * Math.sin(at / 4))),
  }));
  const calls = points.reduce((sum, point) => sum + point.calls, 0);
  return {
    ...{ from, to, step, points, total: countsOf(calls), meanMs: 41_300 },
    gaveUp: Object.fromEntries(
      placesOfGivingUp.map((place, at) => [place, 100 - at * 12]),
    ) as Figures['gaveUp'],
    lengths: lengthsFrom.map((fromSeconds, at) => ({ fromSeconds, calls: 10 + 7 * ((at * 5) % 9) })),
    hoursOfDay: Array.from({ length: 24 }, (_, hour) => Math.round(60 + 55 * Math.sin((hour - 8) / 4))),
    busiest: { from: points[0]!.at, calls: 190 },
    waves: [{ from, to: new Date(from.getTime() + stepMs), mismatches: 412, calls: 190, usual: 30 }],
  };
}

export function sampleLive(): Live {
  const at = new Date('2026-11-25T05:00:20Z');
  return {
    at,
    minutes: Array.from({ length: 60 }, (_, minute) => ({
      at: new Date(at.getTime() - (59 - minute) * 60_000),
      calls: (minute * 7) % 13,
      refused: minute === 30 ? 4 : 0,
    })),
    today: { outcomes: { changed: 1812, mismatch: 540, limited: 4 }, refused: 4, operators: 133 },
    openCalls: [
      {
        ...{
          callId: '22222222-2222-4222-8222-222222222222',
          node: 'pbx-2',
          instanceId: 'other',
          isCallBack: false,
        },
        ...{ maskedPhone: '', identity: 'withheld', openedAt: new Date(at.getTime() - 4000) },
      },
    ],
    openCallCount: 2,
    nodes: [
      {
        ...{ node: 'pbx-1', instanceId: 'c0ffee00-0000-4000-8000-000000000001', startedAt: noon },
        ...{ seenMsAgo: 1200, isLost: false, openCalls: 1 },
      },
      {
        ...{
          node: 'pbx-2',
          instanceId: 'other',
          startedAt: noon,
          seenMsAgo: 80_000,
          isLost: true,
          openCalls: 1,
        },
      },
    ],
    outbox: { waiting: 3, dead: 1, oldestWaitingMs: 4000 },
    unsealedMs: 3100,
  };
}
