import { checkMenuCounts } from '../../src/doctor/menu-counts-check.ts';

const now = Date.parse('2026-11-30T02:15:00Z');
const check = (waitingMinutes: string[], clockAheadMs = 0) =>
  checkMenuCounts({ waitingMinutes, clockAheadMs }, now);

test.each([[[]], [['2026-11-30T02:15Z', '2026-11-30T02:06Z']]])(
  'counts that will be collected soon are nothing to change: %j',
  (minutes) => expect(check(minutes)).toMatchObject({ verdict: 'ok', detail: 'collected' }),
);

test('counts that nobody collects are a warning, which names the oldest minute', () => {
  const minutes = ['2026-11-29T23:01Z', '2026-11-30T01:59Z', '2026-11-30T02:14Z'];
  expect(check(minutes)).toMatchObject({
    ...{ title: 'counts of the menu', verdict: 'warning' },
    detail: 'of 2 minutes on the PBX, the oldest 2026-11-29T23:01Z',
    change: expect.stringContaining('AMI_USERNAME'),
  });
});

test("how long they have waited is judged by Asterisk's clock, which has named the minutes", () => {
  const minutes = ['2026-11-30T02:00Z'];
  expect(check(minutes, -20 * 60_000).verdict).toBe('ok');
  expect(check(['2026-11-30T02:20Z'], 20 * 60_000).verdict).toBe('warning');
});
