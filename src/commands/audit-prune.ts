/** `hotline audit prune --before date [--from batch:seal] [--json]` */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import { auditKeySettings, auditKeysOf } from '../serve-settings.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';
import { readSeal } from './read-seal.ts';
import { readTime, timeForms } from './read-time.ts';

const settings = ['DATABASE_URL', 'DATABASE_OWNER_URL', ...auditKeySettings] as const;

export function auditPruneCommand(): HotlineCommand {
  const command = new HotlineCommand('prune', settings);
  command
    .description('remove whole batches of calls that all ended before a date; needs DATABASE_OWNER_URL')
    .requiredOption('--before <date>', timeForms)
    .option('--from <batch:seal>', 'verify only what came after this seal, as audit verify --from does')
    .option(...jsonOption)
    .example('hotline audit prune --before 2026-01-01', 'remove the calls of last year')
    .action(prune);
  return command;
}

/** @throws AuditCommandFailed, OptionError */
async function prune(options: { before: string; from?: string; json?: boolean }): Promise<void> {
  const { DATABASE_URL, DATABASE_OWNER_URL, ...keys } = readSettings(settings);
  const { start: before } = readTime('--before', options.before);
  if (before.getTime() > Date.now()) throw new OptionError('--before: expected a time in the past');
  const { pruneAuditLog } = await import('../mysql/audit/prune.ts');
  const report = await withProgress('checking the audit log', (show) =>
    pruneAuditLog({
      ownerUrl: DATABASE_OWNER_URL || DATABASE_URL,
      ...auditKeysOf(keys),
      before,
      ...(options.from !== undefined && { from: readSeal('--from', options.from) }),
      onProgress: (rows) => show(`${countOf(rows, 'row')} removed`),
    }),
  );
  if (options.json === true) return printReport({ ...report });
  const { rows, batches, start } = report;
  print(
    `${countOf(rows, 'row')} in ${countOf(batches, 'batch', 'batches')} removed; the log begins after batch ${start.batch}`,
  );
}
