import { OptionError } from './option-error.ts';

/**
 * Reads a date, or a time of ISO 8601; UTC unless it says otherwise.
 *
 * @param option as it is called on the command line, for the message
 * @throws OptionError
 */
export function readTime(option: string, text: string): Date {
  const isTime = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  const time = new Date(
    /^[^T ]*$|Z$|[+-]\d\d:\d\d$/.test(text) ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`,
  );
  if (!isTime || Number.isNaN(time.getTime()))
    throw new OptionError(`${option}: expected a date as 2026-03-31 or a time as 2026-03-31T08:00+07:00`);
  return time;
}
