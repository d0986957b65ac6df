/** The calendar of the operator's hours, as Asterisk reads it. */
import { readFile } from 'node:fs/promises';
import { AmiFailed, type Ami } from '../asterisk/ami/ami.ts';

/** What is wrong with the whole file, or its lines in order. */
export type Calendar =
  | { readonly fault: string }
  | {
      readonly lines: readonly CalendarLine[];
      /** Lines that Asterisk skips, as `line 24 «2027-02-06 Tết»`, as far as they are known. */
      readonly skipped?: readonly string[];
    };

/** `[section]`, `name = value`. Asterisk's own numbers of lines leave out comments and sections: a line is known by its text. */
export interface CalendarLine {
  readonly section: string;
  readonly name: string;
  readonly value: string;
}

export const calendarFile = 'hotline-hours.conf';
/** Where an Asterisk on this machine has it. */
const onThisMachine = `/etc/asterisk/${calendarFile}`;

/** AMI privileges: write `system`. @throws AmiFailed where it is not the file that is wrong */
export async function readCalendar(ami: Ami): Promise<Calendar> {
  try {
    const lines = linesOf(await ami.action({ Action: 'GetConfig', Filename: calendarFile }));
    const text = await readFile(onThisMachine, 'utf8').catch(() => '');
    return { lines, skipped: skippedIn(text, lines) };
  } catch (error) {
    if (!(error instanceof AmiFailed)) throw error;
    if (error.message.includes('not found')) return { fault: 'is not there' };
    if (error.message.includes('invalid format'))
      return { fault: `cannot be read by Asterisk: ${whyUnreadable}` };
    throw error;
  }
}

const whyUnreadable = 'look for a [ that is not closed, and for a line before the first section';

/**
 * Lines without "=". Asterisk leaves them out and says so in its own log alone, as a warning.
 *
 * @param text of the file on this machine
 * @param lines as Asterisk has them: if these are others, it has another file, and nothing is known
 */
export function skippedIn(text: string, lines: readonly CalendarLine[]): string[] {
  if (text.includes(';--')) return []; // a remark of several lines: Asterisk alone knows where it ends
  const written = text
    .split('\n')
    .map((line, at) => ({ at: at + 1, said: line.replace(/(?<!\\);.*/, '').trim() }))
    .filter(({ said }) => said !== '' && !/^[[#]/.test(said));
  const names = written.flatMap(({ said }) => (said.includes('=') ? [said.split('=', 1)[0]!.trim()] : []));
  if (names.join('\n') !== lines.map(({ name }) => name).join('\n')) return [];
  return written.filter(({ said }) => !said.includes('=')).map(({ at, said }) => `line ${at} «${said}»`);
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
