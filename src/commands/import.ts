/** `npx hotline import <accounts.csv> [--rejects file]` */
import { SingleBar } from 'cli-progress';
import { importAccounts, type ImportOptions, type ImportSummary } from '../mysql/import/import-accounts.ts';

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
  const release = onInterrupt(() => progress.stop());
  try {
    const summary = await importAccounts({ ...options, onProgress: progress.show });
    progress.stop();
    process.stdout.write(describe(summary));
    return summary.rejected > 0 ? importWithRejects : importComplete;
  } finally {
    release();
    progress.stop();
  }
}

/**
 * On Ctrl-C or SIGTERM: `tidy`, a word, and then what the signal always does. Returns the function
 * that ends this.
 */
function onInterrupt(tidy: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const interrupted = (signal: NodeJS.Signals) => {
    tidy();
    process.stderr.write(
      'hotline: interrupted; what was read is forgotten, the same import can be run again\n',
    );
    release();
    process.kill(process.pid, signal);
  };
  const release = () => signals.forEach((signal) => process.removeListener(signal, interrupted));
  for (const signal of signals) process.on(signal, interrupted);
  return release;
}

interface Progress {
  show: (bytes: number, totalBytes: number, lines: number) => void;
  stop: () => void;
}

function bar(): Progress {
  const format = '{bar} {percentage}% | {lines} lines | {phase}';
  // Not its gracefulExit, which swallows the first Ctrl-C and goes on.
  const single = new SingleBar({ format, clearOnComplete: true, hideCursor: true, gracefulExit: false });
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
      process.stderr.write(
        `${count} lines read, ${Math.floor((100 * bytes) / totalBytes)} %${bytes < totalBytes ? '' : '; storing'}\n`,
      );
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
