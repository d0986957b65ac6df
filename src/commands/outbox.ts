/** `hotline outbox [--retry] [--json]` */
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import { vietnamTime } from '../timing/vietnam-time.ts';
import { HotlineCommand } from './hotline-command.ts';
import { jsonOption, print, printReport } from './print.ts';
import { withProgress } from './progress.ts';

const settings = ['DATABASE_URL', 'SMS_MAX_AGE_HOURS'] as const;
const deadlineMs = 10_000;

export function outboxCommand(): HotlineCommand {
  const command = new HotlineCommand('outbox', settings);
  command
    .summary('notifications not yet delivered')
    .description('notifications not yet delivered, and those given up')
    .option('--retry', 'have the dead notifications sent again that are not too old')
    .option(...jsonOption)
    .example('hotline outbox', 'what was not delivered, and why')
    .example('hotline outbox --retry', 'send the dead notifications again, after the gateway was mended')
    .action(showOutbox);
  return command;
}

/** Prints phones masked. @throws RegistryUnavailable, DatabaseUrlError */
async function showOutbox({
  retry = false,
  json = false,
}: {
  retry?: boolean;
  json?: boolean;
}): Promise<void> {
  const { DATABASE_URL, SMS_MAX_AGE_HOURS } = readSettings(settings);
  const [{ maskPhone }, { MysqlOutbox, mostCounted }] = await Promise.all([
    import('../accounts/phone-number.ts'),
    import('../mysql/outbox.ts'),
  ]);
  const outbox = new MysqlOutbox({
    url: DATABASE_URL,
    poolSize: 1,
    deadlineMs,
    maxAgeHours: SMS_MAX_AGE_HOURS,
  });
  try {
    const [dueAgain, counts, deadRows] = await withProgress('waiting for the database', async () => [
      retry ? await outbox.retryDead() : 0,
      await outbox.count(),
      await outbox.readDead(),
    ]);
    const masked = deadRows.map(({ phone, ...row }) => ({ ...row, maskedPhone: maskPhone(phone) }));
    if (json) return printReport({ ...counts, dueAgain, deadNotifications: masked });
    if (retry) print(`due again: ${countOf(dueAgain, 'dead notification')}`);
    if (retry && counts.dead > 0)
      print(`not due again: those older than SMS_MAX_AGE_HOURS (${SMS_MAX_AGE_HOURS}); they are never sent`);
    const { waiting, dead, oldestWaitingMs } = counts;
    const oldest = waiting > 0 ? `, the oldest for ${Math.round(oldestWaitingMs / 1000)} s` : '';
    const orMore = (count: number) => (count < mostCounted ? String(count) : `${count} or more`);
    print(`${orMore(waiting)} waiting${oldest}; ${orMore(dead)} dead`);
    for (const row of masked)
      print(
        `dead  ${vietnamTime(row.createdAt)}  reset ${row.resetId}  ${row.maskedPhone}  ${countOf(row.attempts, 'attempt')}: ${row.lastFailure}`,
      );
  } finally {
    await outbox.end();
  }
}
