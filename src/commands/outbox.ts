/** `hotline outbox [--retry]` */
import { readSettings } from '../config.ts';
import { HotlineCommand } from './hotline-command.ts';
import { print } from './print.ts';

const settings = ['DATABASE_URL', 'SMS_MAX_AGE_HOURS'] as const;
const deadlineMs = 10_000;

export function outboxCommand(): HotlineCommand {
  const command = new HotlineCommand('outbox', settings);
  command
    .description('notifications not yet delivered, and those given up')
    .option('--retry', 'have the dead notifications sent again that are not too old')
    .action(showOutbox);
  return command;
}

/** Prints phones masked. @throws RegistryUnavailable, DatabaseUrlError */
async function showOutbox({ retry = false }: { retry?: boolean }): Promise<void> {
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
    if (retry) print(`${await outbox.retryDead()} dead notifications are due again`);
    const [{ waiting, dead, oldestWaitingMs }, deadRows] = [await outbox.count(), await outbox.readDead()];
    const oldest = waiting > 0 ? `, the oldest for ${Math.round(oldestWaitingMs / 1000)} s` : '';
    const orMore = (count: number) => (count < mostCounted ? String(count) : `${count} or more`);
    print(`${orMore(waiting)} waiting${oldest}; ${orMore(dead)} dead`);
    for (const row of deadRows)
      print(
        `dead  ${row.createdAt} UTC  reset ${row.resetId}  ${maskPhone(row.phone)}  ${row.attempts} attempts: ${row.lastFailure}`,
      );
  } finally {
    await outbox.end();
  }
}
