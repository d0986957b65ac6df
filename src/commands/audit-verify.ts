/** `hotline audit verify [--noted batch:seal] [--from batch:seal] [--json]` */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import type { VerifyReport } from '../mysql/audit/verify-report.ts';
import { auditKeySettings, auditKeysOf } from '../serve-settings.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { readSeal } from './read-seal.ts';

/** Exit code: the audit log is not as it was written. */
const auditBroken = 5;

const settings = ['DATABASE_URL', ...auditKeySettings] as const;

export function auditVerifyCommand(): HotlineCommand {
  const command = new HotlineCommand('verify', settings);
  command
    .description(
      'check every row and every seal; exit code 5 and the first row altered, missing or inserted if one is',
    )
    .option(
      '--noted <batch:seal>',
      'what an earlier verify or the log said: tells whether the newest seals were removed',
    )
    .option(
      '--from <batch:seal>',
      'begin after this seal, which was noted when everything up to it was intact; what came before is not looked at',
    )
    .option(...jsonOption)
    .example('hotline audit verify', 'check the whole log, and print the seal to note')
    .example(
      'hotline audit verify --noted "$(cat noted-seal)"',
      'check too that the newest seals are still there',
    )
    .action(verify);
  return command;
}

/** @throws AuditCommandFailed, OptionError */
async function verify(options: { noted?: string; from?: string; json?: boolean }): Promise<void> {
  const config = readSettings(settings);
  const { verifyAuditLog } = await import('../mysql/audit/verify.ts');
  const report = await withProgress('checking the audit log', (show) =>
    verifyAuditLog({
      databaseUrl: config.DATABASE_URL,
      ...auditKeysOf(config),
      ...(options.noted !== undefined && { noted: readSeal('--noted', options.noted) }),
      ...(options.from !== undefined && { from: readSeal('--from', options.from) }),
      onProgress: (rows, batch, last) => show(`${countOf(rows, 'row')} checked, batch ${batch} of ${last}`),
    }),
  );
  if (report.finding !== null) process.exitCode = auditBroken;
  if (options.json === true) printReport({ intact: report.finding === null, ...report });
  else describe(report);
}

function describe({ finding, rows, unsealed, start, from, head }: VerifyReport): void {
  if (finding !== null) {
    print(`audit log broken: ${finding}`, `rows before that, as they were sealed: ${rows}`);
    return;
  }
  print(
    `audit log intact: ${countOf(rows, 'row')} in batches ${from.batch + 1} to ${head.batch}, ${unsealed} not sealed yet`,
  );
  if (start.batch > 0) print(`batches up to ${start.batch} were pruned`);
  print(`to be noted away from this database: ${head.batch}:${head.seal}`);
}
