import { callBackChannelId } from '../../src/call/call-id.ts';
import { reasons } from '../../src/hotline/ending.ts';
import { callBackPrefix } from '../../src/mysql/reports/count-calls.ts';
import type { CallOutcome } from '../../src/registry/call-records.ts';
import {
  callsOf,
  isRefusal,
  stageOf,
  type CallStage,
  type StagedRow,
} from '../../src/registry/call-stage.ts';

const row: StagedRow = {
  ...{ outcome: 'hung-up', reason: 'the caller hung up', branch: 'reset', isCallBack: false },
  ...{ hasCode: false, mismatches: 0, incompleteCodes: 0, readingBegun: false },
};

/** How far a call has got if its row says nothing but outcome and reason. A string: for every other reason of it. */
const stages: Record<CallOutcome, CallStage | Readonly<Record<string, CallStage>>> = {
  changed: 'changed',
  'call-back': 'matched',
  'not-answered': 'answered', // only the leg of a call-back ends so; see below
  mismatch: 'keyed',
  'bad-input': 'incomplete',
  'no-input': 'answered',
  'no-identity': 'answered',
  limited: {
    'too many calls at once from this phone': 'answered',
    'too many mismatches from this phone': 'answered',
    'too many resets of this account': 'matched',
    'too many calls back to this number': 'matched',
    'too many calls back at once': 'matched',
    'all lines are busy': 'refused',
    'the application is being stopped': 'refused',
    'too many records wait for the database': 'refused',
  },
  operator: 'answered',
  served: 'answered', // another branch ends so; see below
  'hung-up': 'answered',
  fault: 'answered',
  interrupted: 'answered',
};

const everyEnding = Object.entries(reasons).flatMap(([outcome, ofIt]) =>
  ofIt.map((reason) => ({ outcome: outcome as CallOutcome, reason })),
);

describe('how far a call got', () => {
  test.each(everyEnding)('$outcome, $reason: by its ending alone', ({ outcome, reason }) => {
    const expected = stages[outcome];
    const stage = typeof expected === 'string' ? expected : expected[reason];
    expect(stage).toBeDefined();
    expect(stageOf({ ...row, outcome, reason })).toBe(stage);
  });

  test.each(everyEnding)('$outcome, $reason: after a call-back was placed', ({ outcome, reason }) => {
    const changed = outcome === 'changed';
    const leg = { ...row, outcome, reason, isCallBack: true, hasCode: true };
    expect(stageOf(leg)).toBe(changed ? 'called-back-changed' : 'called-back');
    expect(stageOf({ ...leg, readingBegun: true })).toBe(changed ? 'called-back-changed' : 'called-back-reading'); // prettier-ignore
  });

  test.each([
    ['nothing but a part of a code', { incompleteCodes: 1 }, 'incomplete'],
    ['a whole code that did not match', { mismatches: 1, hasCode: true }, 'keyed'],
    ['a whole code, and then a part of one', { hasCode: true, incompleteCodes: 2 }, 'keyed'],
    ['a match, and the reading has begun', { hasCode: true, readingBegun: true }, 'reading'],
  ] as const)('a caller who keyed %s and hung up', (_, keyed, stage) => {
    for (const outcome of ['hung-up', 'interrupted', 'fault'] as const)
      expect(stageOf({ ...row, outcome, ...keyed })).toBe(stage);
  });

  test('a caller whose phone meets its limit while keying has keyed a code', () => {
    const limited = { ...row, outcome: 'limited', reason: 'too many mismatches from this phone' } as const;
    expect(stageOf({ ...limited, hasCode: true, mismatches: 2 })).toBe('keyed');
  });

  test.each(everyEnding)('$outcome, $reason: in another branch than the resets', ({ outcome, reason }) => {
    const stage = isRefusal({ outcome, reason }) ? 'refused' : 'other-branch';
    expect(stageOf({ ...row, branch: 'office-hours', outcome, reason })).toBe(stage);
  });

  test('a row that names no branch counts as one of the resets', () => {
    expect(stageOf({ ...row, branch: null })).toBe('answered');
  });

  test('the leg of a call-back is known by its channel', () => {
    expect(callBackChannelId('1')).toBe(`${callBackPrefix}1`);
  });
});

describe('how many calls a row stands for', () => {
  test.each([
    ['all lines are busy', 1],
    ['all lines are busy (1 call in this row)', 1],
    ['all lines are busy (37 calls in this row)', 37],
    ['the application is being stopped (at least 64 calls in this row)', 64],
    ['all lines are busy (0 calls in this row)', 1],
  ])('%s', (reason, calls) => {
    expect(callsOf({ reason })).toBe(calls);
    expect(stageOf({ ...row, outcome: 'limited', reason })).toBe('refused');
  });
});
