/** Importing a file that takes several transactions, while callers call. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { MigratedDatabase } from '../../support/engine/describe-with-registry.ts';
import { cli, run } from './run-import.ts';

/** @param file where the import file may be written */
export function describeManyLines(database: MigratedDatabase, file: () => string): void {
  describe('a file of many lines', () => {
    const code = (index: number) => String(index).padStart(10, '0');
    const content = (phone: string) =>
      `bhxh_code,phone\n${Array.from({ length: 10_000 }, (_, index) => `${code(index)},${phone}\n`).join('')}`;
    const phoneOf = async (index: number) =>
      (
        await database.owner.rows<{ phone: string }>('SELECT phone FROM accounts WHERE bhxh_code = ?', [
          code(index),
        ])
      )[0]!.phone;
    /** Holds one account, as a call does, until the import of the file waits for it. */
    const blockedImport = async () => {
      await writeFile(file(), content('0912345678'));
      await run(['import', file()], database.url);
      await writeFile(file(), content('0987654321'));
      const call = await database.owner.pool.getConnection();
      await call.beginTransaction();
      await call.query('SELECT id FROM accounts WHERE bhxh_code = ? FOR UPDATE', [code(6800)]);
      const program = spawn(process.execPath, [cli, 'import', file()], {
        env: { ...process.env, DATABASE_URL: database.url },
        stdio: 'ignore',
      });
      const ended = once(program, 'exit');
      while ((await phoneOf(5600)) === '+84912345678') await pause(20);
      return { call, program, ended };
    };

    test('is stored in short transactions: while it waits for the account of one call, the others are served', async () => {
      const { call, ended } = await blockedImport();
      // What is stored is free, although the import has not ended: a reset can change such an account.
      const caller = await database.owner.pool.getConnection();
      await caller.query('SET SESSION innodb_lock_wait_timeout = 1');
      await caller.query('UPDATE accounts SET must_change = TRUE WHERE bhxh_code = ?', [code(5600)]);
      await caller.query('UPDATE accounts SET must_change = TRUE WHERE bhxh_code = ?', [code(9600)]);
      caller.release();
      await call.commit();
      call.release();
      expect(await ended).toEqual([0, null]);
      const stored = await database.owner.rows('SELECT phone, COUNT(*) AS n FROM accounts GROUP BY phone');
      expect(stored).toEqual([{ phone: '+84987654321', n: 10_000 }]);
    });

    test('killed while it is stored, leaves each account as it was or as in the file, and run again completes it', async () => {
      const { call, program, ended } = await blockedImport();
      program.kill('SIGKILL');
      await ended;
      await call.rollback();
      call.release();
      expect([await phoneOf(5600), await phoneOf(9600)]).toEqual(['+84987654321', '+84912345678']);
      const [changed] = await database.owner.rows<{ n: number }>(
        "SELECT COUNT(*) AS n FROM accounts WHERE phone = '+84987654321'",
      );
      const again = await run(['import', file()], database.url);
      expect(again).toMatchObject({ code: 0 });
      expect(again.out).toContain(`${10_000 - changed!.n} changed, ${changed!.n} already as in the file`);
    });
  });
}
