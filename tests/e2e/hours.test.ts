/** The operator's hours: the calendar that an admin edits, as Asterisk reads it. No application is connected. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addAskingDialplan, askHours } from '../support/machine/asked-hours.ts';
import { startAsterisk, type RealAsterisk } from '../support/machine/real-asterisk.ts';

let asterisk: RealAsterisk;
let config: string;

beforeAll(async () => {
  asterisk = await startAsterisk((folder) => {
    config = folder;
    addAskingDialplan(folder);
    return [];
  });
});
afterAll(() => asterisk?.stop());

/** Replaces the calendar of the running Asterisk. */
const calendar = (...lines: string[]) =>
  writeFileSync(join(config, 'hotline-hours.conf'), `${lines.join('\n')}\n`);

/** A date after 1 December 2026. */
const dayAfter = (days: number) =>
  new Date(Date.parse('2026-12-01') + days * 86_400_000).toISOString().slice(0, 10);

const workday = '08:00-12:00,13:00-17:00';
const week = [
  '[week]',
  ...['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => `${day} = ${workday}`),
  ...['saturday', 'sunday'].map((day) => `${day} = closed`),
];

describe('the calendar as shipped', () => {
  test.each([
    ['before the opening', '2026-12-01T07:59', 'hour-8 today'],
    ['at the opening', '2026-12-01T08:00', 'open'],
    ['until noon', '2026-12-01T11:59', 'open'],
    ['at noon', '2026-12-01T12:00', 'hour-13 today'],
    ['in the afternoon', '2026-12-01T13:00', 'open'],
    ['in the evening', '2026-12-01T17:00', 'hour-8 tomorrow'],
    ['at midnight', '2026-12-01T00:00', 'hour-8 today'],
    ['on Friday evening', '2026-12-04T19:30', 'hour-8 weekday-1 day-7 month-12'],
    ['on Sunday', '2026-12-06T10:00', 'hour-8 tomorrow'],
    ['on the last day of the year', '2026-12-31T20:00', 'hour-8 weekday-1 day-4 month-1'],
    ['on the eve of Tết', '2026-02-13T17:30', 'hour-8 weekday-1 day-23 month-2'],
    ['on the first day of Tết', '2026-02-17T09:00', 'hour-8 weekday-1 day-23 month-2'],
    ['on a compensating Monday', '2026-04-27T09:00', 'hour-8 tomorrow'],
    ['on the Friday before a Monday that is a holiday', '2027-04-30T09:00', 'hour-8 weekday-2 day-4 month-5'],
    ['on a Saturday on which one works', '2026-08-22T09:00', 'open'],
    ['on the Friday before it', '2026-08-21T18:00', 'hour-8 tomorrow'],
    ['on 29 February', '2028-02-29T09:00', 'open'],
    ['on the day before', '2028-02-28T17:00', 'hour-8 tomorrow'],
  ])('%s', async (_when, moment, said) => {
    expect(await askHours(asterisk, moment)).toBe(said);
  });
});

describe('a calendar that is wrong', () => {
  const tuesday = (hours: string) =>
    calendar(...week.map((line) => line.replace(/(?<=^tuesday = ).*/, hours)));

  test.each([
    ['spaces between the parts', ' 08:00 - 12:00 , 13:00 - 17:30 ', 'open'],
    ['24:00 as an end', '00:00-24:00', 'open'],
    ['an hour that is none', '25:00-26:00', 'unknown'],
    ['minutes that are not said', '08:03-12:00', 'unknown'],
    ['no zero before an hour', '8:00-12:00', 'unknown'],
    ['an end before its beginning', '12:00-08:00', 'unknown'],
    ['an end at its beginning', '09:00-09:00', 'unknown'],
    ['two parts that overlap', '08:00-12:00,11:00-17:00', 'unknown'],
    ['the later part first', '13:00-17:00,08:00-12:00', 'unknown'],
    ['a part without its end', '08:00-12:00,13:00', 'unknown'],
    ['a comma at the end', '08:00-12:00,', 'unknown'],
    ['another word than closed', 'open', 'unknown'],
    ['nothing', '', 'unknown'],
    ['what is an expression elsewhere', '08:00-12:00" | "1" = "1', 'unknown'],
    ['a variable', '${EVAL(08:00-12:00)}', 'unknown'],
    ['a line without end', `${'08:00-08:05,'.repeat(400)}08:05-12:00`, 'unknown'],
  ])('%s', async (_what, hours, said) => {
    tuesday(hours);
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe(said);
  });

  test.each<[string, string[], string]>([
    ['a weekday written wrongly', week.map((line) => line.replace('tuesday', 'tusday')), 'unknown'],
    ['a weekday in capitals', week.map((line) => line.replace('tuesday', 'Tuesday')), 'open'],
    ['no week', ['[holidays]', '2026-12-02 = a holiday'], 'unknown'],
    ['a line without "="', [...week, '[holidays]', '2026-12-01'], 'open'],
    ['an empty file', [], 'unknown'],
    ['a date that is none', [...week, '[holidays]', '2026-02-30 = a day'], 'open'],
    ['never open again', week.map((line) => line.replace(workday, 'closed')), 'unknown'],
    [
      'closed longer than 60 days',
      [...week, '[holidays]', ...Array.from({ length: 70 }, (_, day) => `${dayAfter(day)} = closed`)],
      'unknown',
    ],
  ])('%s', async (_what, lines, said) => {
    calendar(...lines);
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe(said);
  });

  test.each([
    ['a section that is not closed', ['[week', ...week.slice(1)]],
    ['a line before the first section', ['monday = closed', ...week]],
  ])('%s: Asterisk goes on with the calendar it had', async (_what, lines) => {
    calendar(...week);
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe('open');
    calendar(...lines);
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe('open');
  });

  test('no file', async () => {
    rmSync(join(config, 'hotline-hours.conf'));
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe('unknown');
    calendar(...week);
    expect(await askHours(asterisk, '2026-12-01T09:00')).toBe('open');
  });

  test('a wrong day does no harm to another', async () => {
    tuesday('25:00-26:00');
    expect(await askHours(asterisk, '2026-12-02T09:00')).toBe('open');
    expect(await askHours(asterisk, '2026-11-30T18:00')).toBe('unknown');
  });
});
