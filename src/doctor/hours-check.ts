/** Can the operator's hours be told from the calendar, and does it have the holidays of the time that comes? */
import { vietnamDay } from '../timing/vietnam-time.ts';
import { calendarFile, type CalendarLine } from './calendar-facts.ts';
import { reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts } from './pbx-facts.ts';

const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const hoursAllowed =
  'closed, or times as 08:00-12:00,13:00-17:00 in steps of five minutes, the earlier first';
const title = "calendar of the operator's hours";

/** None where no operator's context asks the calendar. */
export function checkHours(
  { dialplan, calendar }: Pick<PbxFacts, 'dialplan' | 'calendar'>,
  now: Date,
): Finding[] {
  if (!reachable(dialplan, 'hotline-operator').has('hotline-hours')) return [];
  const advice = 'docs/admin.md, "The operator\'s hours"; until then callers hear no time, or a wrong one';
  if ('fault' in calendar)
    return [{ title, verdict: 'warning', detail: `${calendarFile} ${calendar.fault}`, change: advice }];
  const faults = [
    ...(calendar.skipped ?? []).map((line) => `${line}: expected "=" in it; Asterisk leaves it out`),
    ...calendar.lines.flatMap((line) => faultsOf(line, calendar.lines)),
    ...missingDays(calendar.lines),
  ];
  const missing = missingHolidays(calendar.lines, now);
  return [
    expectThat(
      title,
      faults.length === 0,
      faults.length === 0 ? calendarFile : `${calendarFile}: ${faults.join('; ')}`,
      advice,
      'warning',
    ),
    expectThat(
      'holidays of the operator',
      missing.length === 0,
      missing.length === 0 ? `in ${calendarFile}` : `${calendarFile} lacks ${missing.join(', ')}`,
      `write them into [holidays] of ${calendarFile} as the Ministry of Home Affairs announces them; without them callers are told that somebody works`,
      'warning',
    ),
  ];
}

/** A line, and what is allowed there. */
function faultsOf(line: CalendarLine, all: readonly CalendarLine[]): string[] {
  const { section, name, value } = line;
  const shown = `[${section}] «${name} = ${value}»`.slice(0, 120);
  const key = name.toLowerCase();
  const first = all.find((other) => other.section === section && other.name.toLowerCase() === key);
  if (first !== line) return [`${shown}: only the first line of ${name} counts`];
  switch (section.toLowerCase()) {
    case 'week':
      if (!weekdays.includes(key)) return [`${shown}: expected ${weekdays.join(', ')}`];
      return isHours(value) ? [] : [`${shown}: expected ${hoursAllowed}`];
    case 'days':
      if (!isDate(name)) return [`${shown}: expected a date as 2027-02-06`];
      return isHours(value) ? [] : [`${shown}: expected ${hoursAllowed}`];
    case 'holidays':
      if (!isDate(name)) return [`${shown}: expected a date as 2027-02-06`];
      return value === '' ? [`${shown}: expected what the day is, or it does not count`] : [];
    default: {
      const others = all.filter((other) => other.section === section).length - 1;
      if (all.find((other) => other.section === section) !== line) return [];
      return [`${shown}${others > 0 ? ` and ${others} more` : ''}: expected in [week], [holidays] or [days]`];
    }
  }
}

function missingDays(lines: readonly CalendarLine[]): string[] {
  const there = lines.filter(({ section }) => /^week$/i.test(section)).map(({ name }) => name.toLowerCase());
  const missing = weekdays.filter((day) => !there.includes(day));
  return missing.length === 0 ? [] : [`[week] lacks ${missing.join(', ')}: expected ${hoursAllowed}`];
}

/** As extensions-hotline.conf, [hotline-hours], reads it. */
function isHours(value: string): boolean {
  const hours = value.replaceAll(' ', '');
  if (hours === 'closed') return true;
  const time = '([01][0-9]|2[0-3]):[0-5][05]';
  if (!new RegExp(`^${time}-(${time}|24:00)(,${time}-(${time}|24:00))*$`).test(hours)) return false;
  const times = hours.split(/[-,]/);
  return times.every((each, index) => {
    const before = times[index - 1] ?? '';
    return index % 2 === 0 ? before <= each : before < each;
  });
}

function isDate(name: string): boolean {
  const date = new Date(`${name}T00:00:00Z`);
  return (
    /^\d{4}-\d\d-\d\d$/.test(name) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(name)
  );
}

/** Of this year, and in December of the next. Tết begins between 21 January and 20 February. */
function missingHolidays(lines: readonly CalendarLine[], now: Date): string[] {
  const today = vietnamDay(now);
  const year = Number(today.slice(0, 4));
  const years = today.slice(5, 7) === '12' ? [year, year + 1] : [year];
  const dates = lines.filter(({ section }) => /^holidays$/i.test(section)).map(({ name }) => name);
  return years.flatMap((each) => {
    if (!dates.some((date) => date.startsWith(`${each}-`))) return [`the holidays of ${each}`];
    const hasTet = dates.some((date) => date >= `${each}-01-20` && date <= `${each}-02-25`);
    return hasTet ? [] : [`Tết of ${each}`];
  });
}
