/** `hotline report --day day | --from day [--to day] [--language vi|en] [--out file] [--force] [--json]` */
import { Option } from 'commander';
import { readSettings } from '../config.ts';
import type { Language } from '../console/languages.ts';
import { requireFreeName, writeWholeFile } from '../machine/whole-file.ts';
import { maxFiguresDays, type Figures, type FiguresRange } from '../registry/call-figures.ts';
import { vietnamDay } from '../timing/vietnam-time.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { dayForms, dayMs, readDay } from './read-time.ts';

const settings = ['DATABASE_URL'] as const;
const deadlineMs = 10_000;
/** Their words are only read for a report. */
const languages = ['vi', 'en'] as const satisfies readonly Language[];

interface AskedDays {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
}

interface Asked extends AskedDays {
  readonly language: Language;
  readonly out?: string;
  readonly force?: boolean;
  readonly json?: boolean;
}

export function reportCommand(): HotlineCommand {
  const command = new HotlineCommand('report', settings);
  command
    .summary('the figures of a day, or of several, as HTML')
    .description(
      "write the figures of a day, or of several, as one HTML file: what the console's page Figures shows, to be read without the console, on a screen or on paper",
    )
    .addOption(new Option('--day <day>', `the day, ${dayForms}`).conflicts(['from', 'to']))
    .option('--from <day>', `instead of one day, the first of several: at most ${maxFiguresDays}`)
    .option('--to <day>', 'the last of them (default: today)')
    .addOption(new Option('--language <language>', 'Vietnamese or English').choices(languages).default('vi'))
    .option(
      '--out <file>',
      'the file to write, - for standard output (default: hotline-report-<day>.html in this folder)',
    )
    .option('--force', 'replace a file that is there already')
    .addOption(new Option(...jsonOption).conflicts(['out', 'force']))
    .example('hotline report --day yesterday', 'a file of yesterday, as a nightly job makes it')
    .example('hotline report --from 2026-11-01 --to 2026-11-30 --out november.html', 'a file of a month')
    .example('hotline report --day 2026-11-29 --language en --out -', 'in English, to standard output')
    .example('hotline report --day today --json', 'the figures of today until now, for a program')
    .action(report);
  return command;
}

/** @throws OptionError, FileNotWritten, RegistryUnavailable, DatabaseUrlError */
async function report({ language, force = false, json = false, ...asked }: Asked): Promise<void> {
  const range = readRange(asked);
  if (json) return printReport({ ...(await readFigures(range)) });
  const { out = nameFor(range) } = asked;
  if (out !== '-') requireFreeName(out, { force });
  const madeAt = new Date();
  const figures = await readFigures(range);
  const { renderReport } = await import('../console/day/render-report.ts');
  const document = renderReport({ language, range, figures, madeAt });
  if (out === '-') return print(document.trimEnd());
  writeWholeFile(out, document, { force });
  print(`written: ${out}`);
}

async function readFigures(range: FiguresRange): Promise<Figures> {
  const { DATABASE_URL: url } = readSettings(settings);
  const { MysqlReports } = await import('../mysql/reports/mysql-reports.ts');
  const reports = new MysqlReports({ url, deadlineMs });
  try {
    return await withProgress('reading the figures', () => reports.figures.read(range));
  } finally {
    await reports.end();
  }
}

/** `hotline-report-2026-11-29.html` */
function nameFor({ from, to }: FiguresRange): string {
  const [first, last] = [vietnamDay(from), vietnamDay(new Date(to.getTime() - 1))];
  return `hotline-report-${first === last ? first : `${first}-to-${last}`}.html`;
}

/**
 * The days asked for, the last one included.
 *
 * @throws OptionError for days that have not begun, or whose figures are deleted
 */
function readRange({ day, from, to }: AskedDays, now = new Date()): FiguresRange {
  if (day !== undefined) {
    const start = readKeptDay('--day', day, now);
    return { from: start, to: new Date(start.getTime() + dayMs) };
  }
  if (from === undefined) throw new OptionError('report: expected --day, or --from for several days');
  const [first, last] = [readKeptDay('--from', from, now), readKeptDay('--to', to ?? 'today', now)];
  if (last < first) throw new OptionError('--to is before --from: expected the same day or a later one');
  return { from: first, to: new Date(last.getTime() + dayMs) };
}

function readKeptDay(option: string, text: string, now: Date): Date {
  const start = readDay(option, text, now);
  const today = readDay(option, 'today', now);
  const oldest = new Date(today.getTime() - (maxFiguresDays - 1) * dayMs);
  if (start > today)
    throw new OptionError(`${option}: ${text} has not begun in Vietnam: expected today or a day before`);
  if (start < oldest)
    throw new OptionError(
      `${option}: figures are kept for ${maxFiguresDays} days: expected ${vietnamDay(oldest)} or later`,
    );
  return start;
}
