/** The calendar of the operator's hours, as Asterisk reads it. */
import { AmiFailed, type Ami } from '../asterisk/ami/ami.ts';

/** What is wrong with the whole file, or its lines in order. */
export type Calendar = { readonly fault: string } | { readonly lines: readonly CalendarLine[] };

/** `[section]`, `name = value`. Asterisk's own numbers of lines leave out comments and sections: a line is known by its text. */
export interface CalendarLine {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export const calendarFile = 'hotline-hours.conf';

/** AMI privileges: write `system`. @throws AmiFailed where it is not the file that is wrong */
export async function readCalendar(ami: Ami): Promise<Calendar> {
  try {
    return { lines: linesOf(await ami.action({ Action: 'GetConfig', Filename: calendarFile })) };
  } catch (error) {
    if (!(error instanceof AmiFailed)) throw error;
    if (error.message.includes('not found')) return { fault: 'is not there' };
    if (error.message.includes('invalid format')) return { fault: 'cannot be read by Asterisk' };
    throw error;
  }
}

/** From `category-000001: week` and `line-000001-000000: monday=closed`. */
export function linesOf(packet: Awaited<ReturnType<Ami['action']>>): CalendarLine[] {
  return Object.entries(packet).flatMap(([key, written]) => {
    const number = /^line-(\d+)-\d+$/.exec(key)?.[1];
    const [, name, value] = /^([^=]*)=(.*)$/s.exec(String(written)) ?? [];
    if (number === undefined || name === undefined || value === undefined) return [];
    return [{ section: String(packet[`category-${number}`]), name: name.trim(), value: value.trim() }];
  });
}
