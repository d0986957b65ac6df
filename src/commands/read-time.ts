import { startOfVietnamDay, vietnamOffset } from '../timing/vietnam-time.ts';
import { OptionError } from './option-error.ts';

/** What a date, a minute or a second covers: from its beginning to where the next one begins. */
export interface Period {
  readonly start: Date;
  readonly end: Date;
}

/** For the help of options. */
export const timeForms = 'as 2026-03-31 or 2026-03-31T08:00, in the time of Vietnam unless it says otherwise';

/** For the help of options that take whole days only. */
export const dayForms = 'as 2026-03-31, or today or yesterday, in Vietnam';

export const dayMs = 86_400_000;

const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?(?: ?(Z|[+-]\d\d:\d\d))?)?$/;

/**
 * Reads a date, or a time of ISO 8601, in Vietnam's time unless it names another offset.
 *
 * @param option as it is called on the command line, for the message
 * @throws OptionError
 */
export function readTime(option: string, text: string): Period {
  const [, date = '', minute, second, offset = vietnamOffset] = form.exec(text) ?? [];
  const time = `${date}T${minute ?? '00:00'}${second ?? ':00'}`;
  const startMs = Date.parse(`${time}${offset}`);
  if (Number.isNaN(startMs) || !isOnCalendar(time))
    throw new OptionError(
      `${option}: expected a date as 2026-03-31 or a time as 2026-03-31T08:00, at the end of which +07:00 or another offset may stand`,
    );
  const lengthMs = minute === undefined ? dayMs : second === undefined ? 60_000 : 1000;
  return { start: new Date(startMs), end: new Date(startMs + lengthMs) };
}

/**
 * Reads a day of Vietnam's time: when it begins.
 *
 * @param option as it is called on the command line, for the message
 * @throws OptionError
 */
export function readDay(option: string, text: string, now = new Date()): Date {
  if (text === 'today') return startOfVietnamDay(now);
  if (text === 'yesterday') return new Date(startOfVietnamDay(now).getTime() - dayMs);
  const start = Date.parse(`${text}T00:00${vietnamOffset}`);
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || Number.isNaN(start) || !isOnCalendar(`${text}T00:00:00`))
    throw new OptionError(`${option}: expected a day that exists, as 2026-03-31, or today or yesterday`);
  return new Date(start);
}

/** Date.parse takes 30 February for 2 March, and 24:00 for the next day. */
function isOnCalendar(time: string): boolean {
  return new Date(`${time}Z`).toISOString().startsWith(time);
}
