import { daysAgo } from '../../src/console/fields.ts';

test.each([
  [0, '2026-11-25T16:59:59.999Z', '2026-11-25T00:00:00+07:00'],
  [0, '2026-11-25T17:00:00Z', '2026-11-26T00:00:00+07:00'],
  [30, '2026-11-25T17:00:00Z', '2026-10-27T00:00:00+07:00'],
])('%i days ago at %s, the day in Vietnam began at %s', (days, now, start) =>
  expect(daysAgo(days, new Date(now))).toEqual(new Date(start)),
);
