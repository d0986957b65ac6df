/** What is deleted, and what stays: old rows, and all that is known of one person. */
import { randomUUID } from 'node:crypto';
import type { AccountId } from '../../src/registry/accounts.ts';
import { MysqlConsoleUsers } from '../../src/mysql/console/mysql-console-users.ts';
import { Database } from '../../src/mysql/database/database.ts';
import { MysqlOutbox } from '../../src/mysql/outbox.ts';
import { purgeAll, purgesOf, type Purge } from '../../src/mysql/purge.ts';
import { forgetAccount } from '../../src/mysql/registry/forget-account.ts';
import { verifyAuditLog } from '../../src/mysql/audit/verify.ts';
import { auditKey, changedCall } from '../support/engine/audited-calls.ts';
import { databaseKinds } from '../support/engine/databases.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `retention in ${kind}`, (database) => {
    let outbox: MysqlOutbox;
    let consoleUsers: MysqlConsoleUsers;
    beforeAll(() => {
      outbox = database.endLater(
        new MysqlOutbox({ url: database.applicationUrl, deadlineMs: 20_000, maxAgeHours: 72 }),
      );
      const pool = database.endLater(new Database({ url: database.applicationUrl, deadlineMs: 20_000 }));
      consoleUsers = new MysqlConsoleUsers(pool, { key: auditKey, node: 'node-1' });
    });
    beforeEach(() => database.owner.clear());

    const newAccount = (bhxhCode = '0012345678') =>
      database.owner.addAccount({ bhxhCode, phone: '+84912345678', passwordHash: '$argon2id$old' });
    const purges = () =>
      purgesOf(database.registry, outbox, consoleUsers, { keepResetsDays: 30, callStepsDays: 30 });
    const count = async (table: string, where = 'TRUE') =>
      (await database.owner.rows<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table} WHERE ${where}`))[0]!.n;
    const ago = (age: string) => `UTC_TIMESTAMP(3) - INTERVAL ${age}`;
    const run = (sql: string, values: unknown[] = []) => database.owner.pool.query(sql, values);

    const addAttempts = (age: string, count: number) =>
      run(
        `INSERT INTO attempts SELECT UUID(), '', '', '', TRUE, TRUE, FALSE, ${ago(age)} FROM limit_locks LIMIT ${count}`,
      );
    const addReset = (accountId: AccountId, age: string) =>
      run(
        `INSERT INTO resets (id, call_id, account_id, state, prepared_at, expires_at, settled_at)
         VALUES (UUID(), UUID(), ?, 'activated', ${ago(age)}, ${ago(age)}, ${ago(age)})`,
        [accountId],
      );
    const addNotification = (accountId: AccountId, age: string, settled: 'delivered_at' | 'dead_at' | null) =>
      run(
        `INSERT INTO notification_outbox (reset_id, account_id, kind, created_at ${settled === null ? '' : `, ${settled}`})
         VALUES (UUID(), ?, 'password-changed', ${ago(age)} ${settled === null ? '' : `, ${ago(age)}`})`,
        [accountId],
      );

    test('what nobody needs any more is deleted in small batches, by the application; newer rows stay', async () => {
      const accountId = await newAccount();
      for (const age of ['49 HOUR', '25 HOUR']) {
        await addAttempts(age, 1200);
        await run(`INSERT INTO call_backs (id, account_id, requested_at) VALUES (UUID(), ?, ${ago(age)})`, [
          accountId,
        ]);
        await run(`INSERT INTO login_guesses (password_key, guessed_at) VALUES ('', ${ago(age)})`);
      }
      for (const age of ['31 DAY', '29 DAY']) {
        await addReset(accountId, age);
        for (const settled of ['delivered_at', 'dead_at'] as const)
          await addNotification(accountId, age, settled);
        await run(`INSERT INTO call_steps (call_id, kept_at, steps) VALUES (UUID(), ${ago(age)}, '[]')`);
      }
      await database.registry.keepMenuCounts('node-1', [
        { minute: '2020-01-01T00:00Z', event: 'left', calls: 3 },
        { minute: new Date().toISOString(), event: 'left', calls: 3 },
      ]);
      for (const age of ['403 DAY', '399 DAY']) {
        await run(
          `INSERT INTO call_figures VALUES (${ago(age)}, 'changed', 'changed', 'node-1', 60, 1, 0, 61000)`,
        );
        await run(`INSERT INTO call_day_figures VALUES (${ago(age)}, 'changed', 'changed', 1, 0, 61000)`);
        await run(`INSERT INTO call_day_lengths VALUES (${ago(age)}, 60, 1)`);
        await run(`INSERT INTO call_hour_totals VALUES (${ago(age)}, 'node-1', 1, 0)`);
      }
      const batches: Record<string, number[]> = {};
      const counting = Object.entries(purges()).map(([name, purge]): [string, Purge] => [
        name,
        async (most) => {
          const rows = await purge(most);
          (batches[name] ??= []).push(rows);
          return rows;
        },
      ]);
      expect(await purgeAll(Object.fromEntries(counting))).toEqual({
        ...{
          attempts: 1200,
          callBacks: 1,
          loginGuesses: 1,
          resets: 1,
          callSteps: 1,
          menuCounts: 3,
          callFigures: 4,
          instances: 0,
        },
        ...{ notifications: 2, notificationsGivenUp: 0 },
        ...{ consoleSessions: 0, consoleSignIns: 0, consoleBrowsers: 0 },
      });
      expect(batches['attempts']).toEqual([500, 500, 200]);
      expect(await Promise.all(['attempts', 'call_backs', 'login_guesses', 'resets', 'call_steps', 'notification_outbox'].map((table) => count(table)))).toEqual([1200, 1, 1, 1, 1, 2]); // prettier-ignore
    });

    test('sessions and sign-ins of the console go after a day, browsers after half a year unused; users stay', async () => {
      await consoleUsers.addUser({ name: 'lan', role: 'admin', passwordHash: '$argon2id$x' }, 'cli:root');
      for (const [index, age] of ['25 HOUR', '23 HOUR', '181 DAY', '179 DAY'].entries()) {
        const [key, at] = [`${index}`.repeat(32), ago(age)];
        await run(`INSERT INTO console_sessions VALUES (?, 'lan', 1, ${at}, ${at}, NULL, '{}')`, [key]);
        await run(`INSERT INTO console_sign_ins VALUES (UUID(), ?, ?, NULL, TRUE, ${at})`, [key, key]);
        await run(`INSERT INTO console_browsers VALUES (?, 'lan', ${at})`, [key]);
      }
      expect(await purgeAll(purges())).toMatchObject({
        consoleSessions: 3,
        consoleSignIns: 3,
        consoleBrowsers: 1,
      });
      expect(await Promise.all(['console_sessions', 'console_sign_ins', 'console_browsers', 'console_users'].map((table) => count(table)))).toEqual([1, 1, 3, 1]); // prettier-ignore
    });

    test('a notification that has waited for too long is given up, with the reason, and is not sent again', async () => {
      const accountId = await newAccount();
      await addNotification(accountId, '73 HOUR', null);
      await addNotification(accountId, '71 HOUR', null);
      expect(await outbox.claim(0)).toHaveLength(1);
      expect((await purgeAll(purges()))['notificationsGivenUp']).toBe(1);
      expect(await outbox.count()).toMatchObject({ waiting: 1, dead: 1 });
      expect(await outbox.readDead()).toMatchObject([{ lastFailure: 'not sent: older than 72 h' }]);
      expect(await outbox.retryDead()).toBe(0);
    });

    test('an instance that was lost a day ago is deleted once its calls are closed', async () => {
      const [gone, busy] = [randomUUID(), randomUUID()];
      for (const instanceId of [gone, busy])
        await database.registry.holdNode({ instanceId, node: instanceId, process: '' });
      const opening = { instanceId: busy, channelId: '1', maskedPhone: '', phoneKey: null };
      await database.registry.openCall({ callId: randomUUID(), ...opening });
      await run(`UPDATE instances SET lost_at = ${ago('25 HOUR')}`);
      expect((await purgeAll(purges()))['instances']).toBe(1);
      expect(await database.owner.rows('SELECT instance_id AS id FROM instances')).toEqual([{ id: busy }]);
      const ending = { outcome: 'interrupted', reason: 'the application ended during the call' } as const;
      expect(await database.registry.closeInterruptedCalls(randomUUID(), ending)).toBe(1);
      expect((await purgeAll(purges()))['instances']).toBe(1);
    });

    test('a person is forgotten: the account and all that refers to it go, others stay, and the audit log verifies', async () => {
      const [accountId, otherId] = [await newAccount(), await newAccount('0099999999')];
      for (const id of [accountId, otherId]) {
        await changedCall(database.registry, id);
        await database.owner.addCode(id, `00109000000${id % 10}`);
        await run(
          'INSERT INTO call_backs (id, account_id, requested_at) VALUES (UUID(), ?, UTC_TIMESTAMP(3))',
          [id],
        );
      }
      expect(await forgetAccount(database.url, '0012345678')).toEqual({
        ...{ resets: 1, notification_outbox: 1, call_backs: 1, account_codes: 1 },
      });
      for (const table of ['resets', 'notification_outbox', 'call_backs', 'account_codes'])
        expect(await database.owner.rows(`SELECT account_id AS id FROM ${table}`)).toEqual([{ id: otherId }]);
      expect(await count('accounts')).toBe(1);
      expect(await count('audit_log', `account_id = ${accountId}`)).toBe(1);
      expect(await verifyAuditLog({ databaseUrl: database.url, key: auditKey })).toMatchObject({
        finding: null,
      });
      await expect(forgetAccount(database.url, '0012345678')).rejects.toThrow('No account has this code');
      await expect(forgetAccount(database.applicationUrl, '0099999999')).rejects.toThrow(
        'nothing was deleted',
      );
    });

    test('a caller who was read a password while they were forgotten is not told that it has changed', async () => {
      const accountId = await newAccount();
      const [callId, resetId] = [randomUUID(), randomUUID()];
      const reset = { resetId, callId, accountId, phone: '+84912345678' };
      await database.registry.prepareReset({ ...reset, lifetimeMs: 60_000 });
      await forgetAccount(database.url, '0012345678');
      const closing = { outcome: 'changed', reason: 'heard, then stored', durationMs: 1 } as const;
      const activation = { ...reset, passwordHash: '$argon2id$new', passwordValidMs: 0, closing };
      expect(await database.registry.activateReset(activation)).toBe(false);
      expect(await database.registry.prepareReset({ ...reset, lifetimeMs: 60_000 })).toBe('moved');
    });
  });
}
