import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf, skippedIn, type Calendar } from '../../src/doctor/calendar-facts.ts';
import { checkHours } from '../../src/doctor/hours-check.ts';
import { dialplan, shippedPbx, step } from './shipped-pbx.ts';

/** An operator's context that asks the calendar, as docs/admin.md shows it. */
const asking = [...dialplan, step('hotline-operator', 's', 'Gosub(hotline-hours,s,1)')];
const november = new Date('2026-11-30T12:00:00+07:00');

function look(calendar: Calendar = shippedPbx.calendar, now = november) {
  return checkHours({ dialplan: asking, calendar }, now);
}

/** The calendar as shipped, with these lines of [section] in place of those with the same names. */
function withLines(section: string, lines: Record<string, string>): Calendar {
  const shipped = (shippedPbx.calendar as Extract<Calendar, { lines: unknown }>).lines;
  return {
    lines: [
      ...shipped.filter((line) => line.section !== section || !(line.name in lines)),
      ...Object.entries(lines).map(([name, value]) => ({ section, name, value })),
    ],
  };
}

const { lines: shippedLines } = shippedPbx.calendar as Extract<Calendar, { lines: unknown }>;
const problems = (calendar: Calendar, now?: Date) =>
  look(calendar, now).flatMap(({ verdict, detail }) => (verdict === 'ok' ? [] : [`${verdict}: ${detail}`]));

test('an operator who asks no calendar needs none', () => {
  expect(checkHours({ dialplan, calendar: { fault: 'is not there' } }, november)).toEqual([]);
});

test('the calendar as shipped has this year and the next', () => {
  expect(look().map(({ verdict }) => verdict)).toEqual(['ok', 'ok']);
  expect(problems(shippedPbx.calendar, new Date('2026-12-01T00:00:00+07:00'))).toEqual([]);
  expect(problems(shippedPbx.calendar, new Date('2027-11-30T00:00:00+07:00'))).toEqual([]);
});

test.each([
  ['2027-11-30T23:59:59+07:00', []],
  ['2027-12-01T00:00:00+07:00', ['warning: hotline-hours.conf lacks the holidays of 2028']],
  ['2028-01-01T00:00:00+07:00', ['warning: hotline-hours.conf lacks the holidays of 2028']],
])('at %s it warns of what is missing: %j', (now, expected) => {
  expect(problems(shippedPbx.calendar, new Date(now))).toEqual(expected);
});

test('a year with holidays and without Tết lacks Tết', () => {
  const calendar = withLines('holidays', {
    '2028-01-01': 'Tết Dương lịch',
    '2028-04-30': 'Ngày Chiến thắng',
  });
  expect(problems(calendar, new Date('2028-01-02'))).toEqual([
    'warning: hotline-hours.conf lacks Tết of 2028',
  ]);
});

test.each(['is not there', 'cannot be read by Asterisk'])('a file that %s is named', (fault) => {
  expect(problems({ fault })).toEqual([`warning: hotline-hours.conf ${fault}`]);
});

const times =
  'expected closed, or times as 08:00-12:00,13:00-17:00 in steps of five minutes, the earlier first';

test.each<[section: string, line: Record<string, string>, fault: string]>([
  ['week', { monday: '25:00-26:00' }, `[week] «monday = 25:00-26:00»: ${times}`],
  ['week', { monday: '8:00-12:00' }, `[week] «monday = 8:00-12:00»: ${times}`],
  ['week', { monday: '08:01-12:00' }, `[week] «monday = 08:01-12:00»: ${times}`],
  ['week', { monday: '12:00-08:00' }, `[week] «monday = 12:00-08:00»: ${times}`],
  ['week', { monday: '08:00-12:00,11:00-17:00' }, `[week] «monday = 08:00-12:00,11:00-17:00»: ${times}`],
  ['week', { monday: '' }, `[week] «monday = »: ${times}`],
  ['week', { mondy: 'closed' }, '[week] «mondy = closed»: expected monday, tuesday, wednesday'],
  ['days', { '2026-08-22': 'open' }, `[days] «2026-08-22 = open»: ${times}`],
  ['days', { '22/8/2026': 'closed' }, '[days] «22/8/2026 = closed»: expected a date as 2027-02-06'],
  ['holidays', { '2027-02-30': 'Tết' }, '[holidays] «2027-02-30 = Tết»: expected a date as 2027-02-06'],
  ['holidays', { '2027-2-6': 'Tết' }, '[holidays] «2027-2-6 = Tết»: expected a date as 2027-02-06'],
  ['holidays', { '2027-03-01': '' }, '[holidays] «2027-03-01 = »: expected what the day is'],
  [
    'holiday',
    { '2027-03-01': 'x', '2027-03-02': 'y' },
    '[holiday] «2027-03-01 = x» and 1 more: expected in [week], [holidays] or [days]',
  ],
])('a line of [%s] that cannot be used is named, with what is allowed: %j', (section, line, fault) => {
  expect(problems(withLines(section, line)).join()).toContain(`warning: hotline-hours.conf: ${fault}`);
});

test.each([' 08:00 - 12:00 , 13:00 - 17:30', '00:00-24:00', 'closed'])('«%s» are hours', (hours) => {
  expect(problems(withLines('week', { monday: hours }))).toEqual([]);
});

test('a weekday that is missing, and a second line of one, are named', () => {
  const { lines } = shippedPbx.calendar as Extract<Calendar, { lines: unknown }>;
  const without = lines.filter(({ name }) => name !== 'sunday');
  expect(problems({ lines: without }).join()).toContain('[week] lacks sunday');
  expect(
    problems({ lines: [...lines, { section: 'week', name: 'Sunday', value: 'closed' }] }).join(),
  ).toContain('only the first line of Sunday counts');
});

test('a line without "=", which Asterisk leaves out, is named with its number', () => {
  const { lines } = withLines('holidays', { '2027-06-01': 'x' }) as Extract<Calendar, { lines: unknown }>;
  const text = readFileSync(join(import.meta.dirname, '../../asterisk-config/hotline-hours.conf'), 'utf8');
  expect(skippedIn(text, shippedLines)).toEqual([]);
  const typo = text.replace('2027-01-01 = Tết', '2027-01-01: Tết');
  const read = shippedLines.filter(({ name }) => name !== '2027-01-01');
  const number = typo.split('\n').findIndex((line) => line.startsWith('2027-01-01:')) + 1;
  expect(skippedIn(typo, read)).toEqual([`line ${number} «2027-01-01: Tết Dương lịch»`]);
  expect(skippedIn(typo, lines)).toEqual([]); // another file than Asterisk has
  expect(problems({ lines: shippedLines, skipped: ['line 24 «2026-11-30 nghỉ»'] })).toEqual([
    'warning: hotline-hours.conf: line 24 «2026-11-30 nghỉ»: expected "=" in it; Asterisk leaves it out',
  ]);
});

test('lines are read as AMI gives them', () => {
  const packet = {
    'category-000000': 'week',
    'line-000000-000000': 'monday=08:00-12:00',
    'category-000001': 'holidays',
    'line-000001-000000': '2027-02-06=a = b',
  };
  expect(linesOf(packet)).toEqual([
    { section: 'week', name: 'monday', value: '08:00-12:00' },
    { section: 'holidays', name: '2027-02-06', value: 'a = b' },
  ]);
});
