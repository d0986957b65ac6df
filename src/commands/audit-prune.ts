/** `hotline audit prune --before date [--from batch:seal]` */
import { readSettings } from '../config.ts';
import { auditKeySettings, auditKeysOf } from '../serve-settings.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { print } from './print.ts';
import { progressLines } from './progress-lines.ts';
import { readSeal } from './read-seal.ts';
import { readTime } from './read-time.ts';

const settings = ['DATABASE_URL', 'DATABASE_OWNER_URL', ...auditKeySettings] as const;

export function auditPruneCommand(): HotlineCommand {
  const command = new HotlineCommand('prune', settings);
  command
    .description('remove whole batches of calls that all ended before a date; needs DATABASE_OWNER_URL')
    .requiredOption(
      '--before <date>',
      'as 2026-03-31 or 2026-03-31T08:00+07:00; UTC unless it says otherwise',
    )
    .option('--from <batch:seal>', 'verify only what came after this seal, as audit verify --from does')
    .action(prune);
  return command;
}

/** @throws AuditCommandFailed, OptionError */
async function prune(options: { before: string; from?: string }): Promise<void> {
  const { DATABASE_URL, DATABASE_OWNER_URL, ...keys } = readSettings(settings);
  const before = readTime('--before', options.before);
  if (before.getTime() > Date.now()) throw new OptionError('--before: expected a time in the past');
  const { pruneAuditLog } = await import('../mysql/audit/prune.ts');
  const { rows, batches, start } = await pruneAuditLog({
    ownerUrl: DATABASE_OWNER_URL || DATABASE_URL,
    ...auditKeysOf(keys),
    before,
    ...(options.from !== undefined && { from: readSeal('--from', options.from) }),
    onProgress: progressLines((rows) => `${rows} rows removed`),
  });
  print(`${rows} rows in ${batches} batches removed; the log begins after batch ${start.batch}`);
}
