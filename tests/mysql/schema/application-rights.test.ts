import { migrate } from '../../../src/mysql/schema/migrate.ts';
import { endedCall } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the application's user in ${kind}`, (database) => {
    beforeAll(() => endedCall(database.registry));

    const guarded = ['audit_log', 'audit_seals', 'audit_sealed_rows', 'audit_checkpoints'];
    const attacks = [
      'UPDATE {} SET {column} = {column}',
      'DELETE FROM {}',
      'TRUNCATE TABLE {}',
      'ALTER TABLE {} ADD COLUMN extra INT',
      'DROP TABLE {}',
      'CREATE INDEX extra ON {} ({column})',
      'RENAME TABLE {} TO elsewhere',
      'LOCK TABLES {} WRITE',
      'CREATE TRIGGER quiet BEFORE INSERT ON {} FOR EACH ROW SET @nothing = 1',
    ];
    const column: Record<string, string> = {
      audit_log: 'reason',
      audit_seals: 'seal',
      audit_sealed_rows: 'digest',
      audit_checkpoints: 'seal',
    };

    test.each(
      guarded.flatMap((table) =>
        attacks.map((attack) => [attack.replaceAll('{}', table).replaceAll('{column}', column[table]!)]),
      ),
    )('is refused: %s', async (statement) => {
      const before = await database.owner.rows('SELECT * FROM audit_log');
      await expect(database.application.pool.query(statement)).rejects.toMatchObject({
        code: expect.stringMatching(
          /^ER_(TABLEACCESS_DENIED_ERROR|DBACCESS_DENIED_ERROR|COLUMNACCESS_DENIED_ERROR|SPECIFIC_ACCESS_DENIED_ERROR|BINLOG_CREATE_ROUTINE_NEED_SUPER)$/,
        ),
      });
      expect(await database.owner.rows('SELECT * FROM audit_log')).toEqual(before);
    });

    test.each([
      ['changes no phone of an account', 'UPDATE accounts SET phone = phone'],
      ['reads no password hash', 'SELECT password_hash FROM accounts'],
      ['reads no whole account', 'SELECT * FROM accounts'],
      ['finds no account by its hash', `SELECT id FROM accounts WHERE password_hash LIKE '$argon2id$%'`],
      ['copies no hash', 'UPDATE accounts AS a JOIN accounts AS b SET a.password_hash = b.password_hash'],
      ['adds no account', `INSERT INTO accounts (bhxh_code, phone) VALUES ('0000000000', '+84912345678')`],
      ['removes no account', 'DELETE FROM accounts'],
      ['replaces no audit row', 'REPLACE INTO audit_log SELECT * FROM audit_log'],
      [
        'changes no audit row while inserting',
        'INSERT INTO audit_log SELECT * FROM audit_log AS old ON DUPLICATE KEY UPDATE reason = old.reason',
      ],
      [
        'writes no checkpoint',
        `INSERT INTO audit_checkpoints VALUES (1, '', UTC_TIMESTAMP(3), 1, UTC_TIMESTAMP(3), '')`,
      ],
      ['makes no table', 'CREATE TABLE more (n INT)'],
      ['gives nobody a right', `GRANT SELECT ON audit_log TO 'application'@'%'`],
    ])('%s', async (_, statement) => {
      await expect(database.application.pool.query(statement)).rejects.toMatchObject({
        code: expect.stringMatching(/DENIED|NOT_ALLOWED|ER_NONEXISTING/),
      });
    });

    test('reads and extends the audit log', async () => {
      const callId = await endedCall(database.registry);
      const [rows] = await database.application.pool.query(
        'SELECT node, outcome, phone_key IS NOT NULL AS hasPhone FROM audit_log WHERE call_id = ?',
        [callId],
      );
      expect(rows).toEqual([{ node: 'node-1', outcome: 'hung-up', hasPhone: 1 }]);
    });

    test('migrate revokes its excess rights to a table and keeps those it needs', async () => {
      for (const right of [
        'UPDATE, DELETE ON hotline.audit_log',
        'SELECT, UPDATE ON hotline.accounts',
        'SELECT (password_hash) ON hotline.accounts',
        'UPDATE (phone) ON hotline.accounts',
        'INDEX ON hotline.resets',
      ]) {
        await database.owner.pool.query(`GRANT ${right} TO 'application'@'%'`);
      }
      await database.owner.pool.query(
        `GRANT SELECT ON hotline.audit_seals TO 'application'@'%' WITH GRANT OPTION`,
      );
      expect((await migrate(database.url, { applicationUrl: database.applicationUrl })).warning).toBeNull();
      for (const statement of [
        ...[
          'UPDATE audit_log SET reason = reason',
          'DELETE FROM audit_log',
          'UPDATE accounts SET phone = phone',
          'SELECT password_hash FROM accounts',
          'CREATE INDEX extra ON resets (state)',
        ],
        `GRANT SELECT ON audit_seals TO 'hotline'@'%'`,
      ]) {
        await expect(database.application.pool.query(statement)).rejects.toMatchObject({
          code: expect.stringMatching(/DENIED|NOT_ALLOWED|ER_NONEXISTING/),
        });
      }
      await database.application.pool.query(
        `UPDATE accounts SET password_hash = '$x$', must_change = TRUE WHERE id = 0`,
      );
      expect(
        await database.registry.closeCall(await endedCall(database.registry), {
          outcome: 'fault',
          reason: 'late',
          durationMs: 1,
        }),
      ).toMatchObject({ outcome: 'hung-up' });
    });

    test('migrate warns of a user with rights to the whole database and of one that is the owner', async () => {
      await database.owner.pool.query(`GRANT SELECT ON hotline.* TO 'application'@'%'`);
      expect((await migrate(database.url, { applicationUrl: database.applicationUrl })).warning).toMatch(
        /rights to whole databases/,
      );
      await database.owner.pool.query(`REVOKE SELECT ON hotline.* FROM 'application'@'%'`);
      expect((await migrate(database.url, { applicationUrl: database.url })).warning).toMatch(/one user/);
    });
  });
}
