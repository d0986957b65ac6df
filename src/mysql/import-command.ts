/** `npx hotline import <accounts.csv> [--rejects file]` */
import { SingleBar } from 'cli-progress';
import { importAccounts, type ImportOptions, type ImportSummary } from './import-accounts.ts';

/** Everything that was in the file is loaded. */
export const importComplete = 0;
/** Committed, but some lines were left out: see the reject file. */
export const importWithRejects = 4;

const lineEveryMs = 5000;

/**
 * Imports with progress on standard error: a bar on a terminal, otherwise a line now and then;
 * the summary goes to standard output. Returns the exit code.
 *
 * @throws ImportFailed, DatabaseUrlError: nothing was changed; exit code 1
 */
export async function importCommand(options: Omit<ImportOptions, 'onProgress'>): Promise<number> {
  const progress = process.stderr.isTTY ? bar() : lines();
  try {
    const summary = await importAccounts({ ...options, onProgress: progress.show });
    progress.stop();
    process.stdout.write(describe(summary));
    return summary.rejected > 0 ? importWithRejects : importComplete;
  } finally {
    progress.stop();
  }
}

interface Progress {
  show: (bytes: number, totalBytes: number, lines: number) => void;
  stop: () => void;
}

function bar(): Progress {
  const single = new SingleBar({ format: '{bar} {percentage}% | {lines} lines | {phase}', clearOnComplete: true, hideCursor: true });
  return {
    show(bytes, totalBytes, count) {
      const payload = { lines: count, phase: bytes < totalBytes ? 'reading' : 'storing' };
      if (!single.isActive) single.start(totalBytes, 0, payload);
      single.update(bytes, payload);
    },
    stop: () => single.stop(),
  };
}

function lines(): Progress {
  let shownAt = Date.now();
  return {
    show(bytes, totalBytes, count) {
      if (Date.now() - shownAt < lineEveryMs && bytes < totalBytes) return;
      shownAt = Date.now();
      process.stderr.write(`${count} lines read, ${Math.floor((100 * bytes) / totalBytes)} %${bytes < totalBytes ? '' : '; storing'}\n`);
    },
    stop: () => undefined,
  };
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
