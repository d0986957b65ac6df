/** The option of a command that reports: {@link printReport} instead of lines for people. */
export const jsonOption = [
  '--json',
  'one JSON document instead of lines; its names are in docs/commands.md',
] as const;

/** Writes a report for programs to standard output, as one JSON document. The names in it stay as they are. */
export function printReport(report: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
}

/** Writes lines to standard output. */
export function print(...lines: string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}
