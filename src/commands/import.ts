/**
 * `hotline import <accounts.csv> [--rejects file] [--json]`. Exit codes: 0 every line is loaded; 1 nothing was
 * changed, or the database failed while accounts were stored; 4 loaded, except for the lines in the reject file.
 */
import { Option } from 'commander';
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import type { ImportOptions, ImportSummary } from '../mysql/import/import-accounts.ts';
import { oldLandlineRules, type OldLandlineRule } from '../mysql/import/old-landline-rules.ts';
import { HotlineCommand } from './hotline-command.ts';
import { endBy, Interruption, listenForInterruption } from './interruption.ts';
import { drawBar, withLiveLine } from './live-line.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

const settings = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'BHXH_CODE_LENGTHS'] as const;
const withRejects = 4;

type OnProgress = NonNullable<ImportOptions['onProgress']>;
type Load = (onProgress: OnProgress) => Promise<ImportSummary>;

export function importCommand(): HotlineCommand {
  const command = new HotlineCommand('import', settings);
  command
    .summary('load a registry from a CSV file')
    .description(
      'load a registry from a CSV file with the columns bhxh_code, phone and, if wanted, password_hash and personal_id',
    )
    .argument('<accounts.csv>')
    .option(
      '--rejects <file>',
      'where to write what is wrong with which line (default: <accounts.csv>.rejects.csv)',
    )
    .addOption(
      new Option(
        '--landlines-before-2017 <what>',
        'what to do with numbers that were landlines until 2017: convert them to their new area codes, reject their lines, or keep those that are mobile numbers today; by-form rejects what is written as a landline, such as 08 3812 3456',
      )
        .choices(oldLandlineRules)
        .default('by-form'),
    )
    .option(...jsonOption)
    .example('hotline import accounts.csv', 'load it; what is wrong stands in accounts.csv.rejects.csv')
    .example('hotline import old.csv --landlines-before-2017 convert', 'a file with numbers from before 2017')
    .action(importFile);
  return command;
}

/**
 * Imports with progress on standard error; the summary goes to standard output.
 *
 * @throws ImportFailed, DatabaseUrlError: nothing was changed
 */
async function importFile(
  file: string,
  { json = false, ...options }: { rejects?: string; landlinesBefore2017: OldLandlineRule; json?: boolean },
): Promise<void> {
  const config = readSettings(settings);
  const { importAccounts } = await import('../mysql/import/import-accounts.ts');
  const databaseUrl = config.DATABASE_OWNER_URL || config.DATABASE_URL;
  const load: Load = (onProgress) =>
    importAccounts({ file, ...options, databaseUrl, codeLengths: config.BHXH_CODE_LENGTHS, onProgress });
  const showing = process.stderr.isTTY ? withBar : withLines;
  const interruption = listenForInterruption();
  try {
    const summary = await showing((onProgress) => Promise.race([load(onProgress), interruption.promise]));
    if (json) printReport({ ...summary });
    else print(describe(summary));
    if (summary.rejected > 0) process.exitCode = withRejects;
  } catch (error) {
    interruption.forget();
    if (!(error instanceof Interruption)) throw error;
    process.stderr.write(
      'hotline: interrupted; every account is as it was or as in the file, and the same import run again completes it\n',
    );
    await endBy(error);
  } finally {
    interruption.forget();
  }
}

function withBar(load: Load): Promise<ImportSummary> {
  return withLiveLine((show) =>
    load(({ phase, done, total, lines }) => {
      const percentage = Math.floor((100 * done) / total);
      show(`${drawBar(done / total)} ${percentage}% | ${countOf(lines, 'line')} | ${phase}`);
    }),
  );
}

function withLines(load: Load): Promise<ImportSummary> {
  return withProgress('reading the file', (show) =>
    load(({ phase, done, total, lines }) =>
      show(`${countOf(lines, 'line')} read; ${phase}: ${Math.floor((100 * done) / total)} %`),
    ),
  );
}

function describe(summary: ImportSummary): string {
  const { lines: count, added, updated, rejected, renumbered, oldLandlines, rejectFile } = summary;
  const unchanged = count - rejected - added - updated;
  return [
    `${countOf(count, 'line')}: ${countOf(added, 'account')} added, ${updated} changed, ${unchanged} already as in the file, ${countOf(rejected, 'line')} rejected`,
    ...(renumbered > 0 ? [`${countOf(renumbered, 'phone number')} converted from the form before 2018`] : []),
    ...(oldLandlines > 0
      ? [`${countOf(oldLandlines, 'number')} of landlines before 2017 loaded, with a remark for each`]
      : []),
    ...(rejectFile === null ? [] : [`see ${rejectFile}`]),
  ].join('\n');
}
