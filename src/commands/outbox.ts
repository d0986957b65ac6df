/** `hotline outbox [--retry]` */
import { readSettings } from '../config.ts';
import { HotlineCommand } from './hotline-command.ts';
import { print } from './print.ts';

const settings = ['DATABASE_URL'] as const;
const deadlineMs = 10_000;

export function outboxCommand(): HotlineCommand {
  const command = new HotlineCommand('outbox', settings);
  command
    .description('notifications not yet delivered, and those given up')
    .option('--retry', 'have the dead notifications sent again')
    .action(showOutbox);
  return command;
}

/** Prints phones masked. @throws RegistryUnavailable, DatabaseUrlError */
async function showOutbox({ retry = false }: { retry?: boolean }): Promise<void> {
  const { DATABASE_URL } = readSettings(settings);
  const [{ maskPhone }, { MysqlOutbox }] = await Promise.all([
    import('../accounts/phone-number.ts'),
    import('../mysql/outbox.ts'),
  ]);
  const outbox = new MysqlOutbox({ url: DATABASE_URL, poolSize: 1, deadlineMs });
  try {
    if (retry) print(`${await outbox.retryDead()} dead notifications are due again`);
    const [{ waiting, dead, oldestWaitingMs }, deadRows] = [await outbox.count(), await outbox.readDead()];
    const oldest = waiting > 0 ? `, the oldest for ${Math.round(oldestWaitingMs / 1000)} s` : '';
    print(`${waiting} waiting${oldest}; ${dead} dead`);
    for (const row of deadRows)
      print(
        `dead  ${row.createdAt} UTC  reset ${row.resetId}  ${maskPhone(row.phone)}  ${row.attempts} attempts: ${row.lastFailure}`,
      );
  } finally {
    await outbox.end();
  }
}
