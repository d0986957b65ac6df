import { describeSteps } from '../../src/commands/describe-steps.ts';

test('steps are read a line each, keys that follow each other on one', () => {
  expect(
    describeSteps([
      { atMs: 0, kind: 'arrived' },
      { atMs: 1200, kind: 'says', detail: 'enter-code-10' },
      { atMs: 12_040, kind: 'key' },
      { atMs: 12_240, kind: 'key' },
      { atMs: 12_440, kind: 'key' },
      { atMs: 12_450, kind: 'code', detail: 'mismatch', tookMs: 9 },
      { atMs: 13_000, omitted: 17 },
      { atMs: 61_000, kind: 'key' },
      { atMs: 61_500, kind: 'gone', detail: 'the caller hung up' },
    ]),
  ).toEqual([
    '     0.0 s  caller    arrived',
    '     1.2 s  hotline   says enter-code-10',
    '    12.0 s  caller    keys •••',
    '    12.4 s  database  code mismatch, 9 ms',
    '    13.0 s            17 more steps were not kept',
    '    61.0 s  caller    key •',
    '    61.5 s  caller    gone the caller hung up',
  ]);
});
