/** `npx hotline outbox [--retry]` */
import { maskPhone } from '../accounts/phone-number.ts';
import { MysqlOutbox } from '../mysql/outbox.ts';

/**
 * Says on standard output how many notifications wait and which are dead, phones masked; with
 * `retry`, makes the dead ones due again first.
 *
 * @throws RegistryUnavailable, DatabaseUrlError: exit code 1
 */
export async function outboxCommand(options: { databaseUrl: string; retry?: boolean }): Promise<void> {
  const outbox = new MysqlOutbox({ url: options.databaseUrl, poolSize: 1, deadlineMs: 10_000 });
  try {
    if (options.retry) process.stdout.write(`${await outbox.retryDead()} dead notifications are due again\n`);
    const [{ waiting, dead, oldestWaitingMs }, deadRows] = [await outbox.counts(), await outbox.deadRows()];
    const oldest = waiting > 0 ? `, the oldest for ${Math.round(oldestWaitingMs / 1000)} s` : '';
    process.stdout.write(`${waiting} waiting${oldest}; ${dead} dead\n`);
    for (const row of deadRows) {
      process.stdout.write(
        `dead  ${row.createdAt} UTC  reset ${row.resetId}  ${maskPhone(row.phone)}  ${row.attempts} attempts: ${row.lastFailure}\n`,
      );
    }
  } finally {
    await outbox.end();
  }
}
