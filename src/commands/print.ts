import { documentPath } from '../installation.ts';

/** The option of a command that reports: {@link printReport} instead of lines for people. */
export const jsonOption = [
  '--json',
  `one JSON document instead of lines; its names are in ${documentPath('commands.md')}`,
] as const;

/** Writes a report for programs to standard output, as one JSON document. The names in it stay as they are. */
export function printReport(report: Readonly<Record<string, unknown>>): void {
  print(JSON.stringify(report, null, 2));
}

/** Writes lines to standard output. Where its reader has gone (`| head`), the command goes on, and they are dropped. */
export function print(...lines: string[]): void {
  write(`${lines.join('\n')}\n`);
}

/** As {@link print}, for a piece of a line. */
export function write(text: string): void {
  if (!process.stdout.listeners('error').includes(allowGoneReader))
    process.stdout.on('error', allowGoneReader);
  process.stdout.write(text);
}

/** Writes a line to standard error, for whoever watches a command whose standard output another reads. */
export function remark(line: string): void {
  process.stderr.write(`${line}\n`);
}

function allowGoneReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
