/** A Jest reporter that names every skipped test at the end: Jest by itself only counts them. */
import type { AggregatedResult, Reporter } from '@jest/reporters';

export default class SkippedTestsReporter implements Pick<Reporter, 'onRunComplete'> {
  /** Prints one line a skipped test. Says nothing when a name filter (`-t`) was the reason. */
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    if (process.argv.some((word) => word === '-t' || word.startsWith('--testNamePattern'))) return;
    const skipped = results.testResults.flatMap((file) =>
      file.testResults.filter(({ status }) => status === 'pending' || status === 'todo'),
    );
    if (skipped.length === 0) return;
    process.stderr.write('\nSkipped tests:\n');
    for (const { fullName } of skipped) process.stderr.write(`  ${fullName}\n`);
  }
}
