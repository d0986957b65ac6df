/** `hotline audit verify [--noted batch:seal]` */
import { readSettings } from '../config.ts';
import { auditKeySettings, auditKeysOf } from '../serve-settings.ts';
import type { Head } from '../mysql/audit/audit-seal.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { print } from './print.ts';
import { progressLines } from './progress-lines.ts';

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
    .action(verify);
  return command;
}

/** @throws AuditCommandFailed, OptionError */
async function verify(options: { noted?: string }): Promise<void> {
  const config = readSettings(settings);
  const { verifyAuditLog } = await import('../mysql/audit/verify.ts');
  const { finding, rows, unsealed, start, head } = await verifyAuditLog({
    databaseUrl: config.DATABASE_URL,
    ...auditKeysOf(config),
    ...(options.noted !== undefined && { noted: readNoted(options.noted) }),
    onProgress: progressLines((rows, total) => `${rows} of ${total} rows checked`),
  });
  if (finding !== null) {
    print(`audit log broken: ${finding}`, `${rows} rows before that are as they were sealed`);
    process.exitCode = auditBroken;
    return;
  }
  print(
    `audit log intact: ${rows} rows in batches ${start.batch + 1} to ${head.batch}, ${unsealed} not sealed yet`,
  );
  if (start.batch > 0) print(`batches up to ${start.batch} were pruned`);
  print(`to be noted away from this database: ${head.batch}:${head.seal}`);
}

function readNoted(text: string): Head {
  const [, batch, seal] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (batch === undefined || seal === undefined)
    throw new OptionError('--noted: expected <batch>:<seal> as printed by audit verify');
  return { batch: Number(batch), seal };
}
