/**
 * `hotline import <accounts.csv> [--rejects file]`. Exit codes: 0 every line is loaded; 1 nothing was
 * changed; 4 loaded, except for the lines in the reject file.
 */
import { readSettings } from '../config.ts';
import type { ImportOptions, ImportSummary } from '../mysql/import/import-accounts.ts';
import { HotlineCommand } from './hotline-command.ts';
import { drawBar, withLiveLine } from './live-line.ts';

const settings = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'BHXH_CODE_LENGTHS'] as const;
const withRejects = 4;
/** Interval between progress lines without a terminal, ms. */
const lineEveryMs = 5000;

type OnProgress = NonNullable<ImportOptions['onProgress']>;
type Load = (onProgress: OnProgress) => Promise<ImportSummary>;

export function importCommand(): HotlineCommand {
  const command = new HotlineCommand('import', settings);
  command
    .description(
      'load a registry from a CSV file with the columns bhxh_code, phone and, if wanted, password_hash',
    )
    .argument('<accounts.csv>')
    .option(
      '--rejects <file>',
      'where to write what is wrong with which line (default: <accounts.csv>.rejects.csv)',
    )
    .action(importFile);
  return command;
}

/**
 * Imports with progress on standard error; the summary goes to standard output.
 *
 * @throws ImportFailed, DatabaseUrlError: nothing was changed
 */
async function importFile(file: string, options: { rejects?: string }): Promise<void> {
  const config = readSettings(settings);
  const { importAccounts } = await import('../mysql/import/import-accounts.ts');
  const databaseUrl = config.DATABASE_OWNER_URL || config.DATABASE_URL;
  const load: Load = (onProgress) =>
    importAccounts({ file, ...options, databaseUrl, codeLengths: config.BHXH_CODE_LENGTHS, onProgress });
  const showing = process.stderr.isTTY ? withBar : withLines;
  const interruption = listenForInterruption();
  try {
    const summary = await showing((onProgress) => Promise.race([load(onProgress), interruption.promise]));
    process.stdout.write(describe(summary));
    if (summary.rejected > 0) process.exitCode = withRejects;
  } catch (error) {
    interruption.forget();
    if (!(error instanceof Interruption)) throw error;
    process.stderr.write(
      'hotline: interrupted; what was read is forgotten, the same import can be run again\n',
    );
    process.kill(process.pid, error.signal);
  } finally {
    interruption.forget();
  }
}

/** Ctrl-C or SIGTERM; the process must still end by that signal. */
class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

/** `promise` rejects with an {@link Interruption}; after `forget` the signals have their default meaning. */
function listenForInterruption(): { promise: Promise<never>; forget: () => void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may be rejected before anybody awaits it
  const interrupt = (signal: NodeJS.Signals) => reject(new Interruption(signal));
  for (const signal of signals) process.on(signal, interrupt);
  return {
    promise,
    forget: () => signals.forEach((signal) => process.removeListener(signal, interrupt)),
  };
}

function withBar(load: Load): Promise<ImportSummary> {
  return withLiveLine((show) =>
    load((bytes, totalBytes, lines) => {
      const phase = bytes < totalBytes ? 'reading' : 'storing';
      const percentage = Math.floor((100 * bytes) / totalBytes);
      show(`${drawBar(bytes / totalBytes)} ${percentage}% | ${lines} lines | ${phase}`);
    }),
  );
}

function withLines(load: Load): Promise<ImportSummary> {
  let shownAt = Date.now();
  return load((bytes, totalBytes, lines) => {
    if (Date.now() - shownAt < lineEveryMs && bytes < totalBytes) return;
    shownAt = Date.now();
    process.stderr.write(
      `${lines} lines read, ${Math.floor((100 * bytes) / totalBytes)} %${bytes < totalBytes ? '' : '; storing'}\n`,
    );
  });
}

function describe({ lines: count, added, updated, rejected, renumbered, rejectFile }: ImportSummary): string {
  const unchanged = count - rejected - added - updated;
  return [
    `${count} lines: ${added} accounts added, ${updated} changed, ${unchanged} already as in the file, ${rejected} lines rejected`,
    ...(renumbered > 0 ? [`${renumbered} phone numbers converted from their form before 2018`] : []),
    ...(rejectFile === null ? [] : [`see ${rejectFile}`]),
    '',
  ].join('\n');
}
