/** What a call and an account take on disk, as docs/capacity.md reckons with it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { Dice } from '../../src/simulation/dice.ts';
import { bytesOf } from '../../tools/capacity/measured.ts';
import { AuditLogUnderTest } from '../support/engine/audit-log-under-test.ts';
import { databaseKinds } from '../support/engine/databases.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { addManyCalls } from '../support/engine/many-calls.ts';

/** Enough that the last page of an index, half empty, is nothing. */
const count = 30_000;
const rowsAtOnce = 3000;

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `on disk in ${kind}`, (database) => {
    const insert = async (table: string, columns: string, row: (index: number) => readonly unknown[]) => {
      for (let first = 0; first < count; first += rowsAtOnce) {
        const rows = Array.from({ length: rowsAtOnce }, (_, index) => row(first + index));
        await database.owner.pool.query(`INSERT INTO ${table} (${columns}) VALUES ?`, [rows]);
      }
    };
    /** Data and indexes. */
    const bytesARow = async (...tables: string[]) => {
      await database.owner.rows(`ANALYZE TABLE ${tables.join(', ')}`);
      const [row] = await database.owner.rows<{ bytes: string }>(
        'SELECT SUM(data_length + index_length) AS bytes FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (?)',
        [tables],
      );
      return Number(row!.bytes) / count;
    };
    /** Within a quarter: a server splits pages its own way. */
    const expectAbout = (found: Partial<Record<keyof typeof bytesOf, number>>) => {
      const others = Object.entries(found).filter(([name, bytes]) => {
        const reckoned = bytesOf[name as keyof typeof bytesOf];
        return bytes < reckoned * 0.75 || bytes > reckoned * 1.25;
      });
      expect(others).toEqual([]);
    };
    const now = '2026-11-30 08:00:00.000';

    test('a call takes what capacity.md says, in the audit log for good', async () => {
      const until = new Date('2026-11-30T08:00:00Z');
      await addManyCalls(database.owner, { calls: count, days: 20, until, dice: new Dice(1) });
      await new AuditLogUnderTest(database).seal();
      expectAbout({ auditedCall: await bytesARow('audit_log', 'audit_sealed_rows', 'audit_seals') });
    });

    test('an account, a reset with its message, an attempt and the steps of a call take what capacity.md says', async () => {
      const phc = `$argon2id$v=19$m=19456,t=2,p=1$${'s'.repeat(22)}$${'h'.repeat(43)}`;
      await insert('accounts', 'bhxh_code, phone, password_hash, created_at, updated_at', (index) => [
        ...[
          String(1e9 + index * 7).padStart(10, '0'),
          `+849${String((index * 7919) % 1e8).padStart(8, '0')}`,
        ],
        ...[phc, now, now],
      ]);
      const [{ first }] = (await database.owner.rows<{ first: number }>(
        'SELECT MIN(id) AS first FROM accounts',
      )) as [{ first: number }];
      const ids = Array.from({ length: count }, () => randomUUID());
      await insert(
        'resets',
        'id, call_id, account_id, state, prepared_at, expires_at, settled_at',
        (index) => [
          ...[ids[index], randomUUID(), first + ((index * 7919) % count), 'activated', now, now, now],
        ],
      );
      await insert(
        'notification_outbox',
        'reset_id, account_id, kind, created_at, delivered_at, attempts',
        (index) => [ids[index], first + ((index * 7919) % count), 'password-changed', now, now, 1],
      );
      await insert(
        'attempts',
        'id, call_id, phone_key, code_key, counts_phone, counts_code, code_over, charged_at',
        () => [randomUUID(), randomUUID(), randomBytes(32), randomBytes(32), false, true, false, now],
      );
      const steps = 'x'.repeat(bytesOf.stepsText);
      await database.owner.rows('DELETE FROM call_steps');
      await database.owner.rows('ALTER TABLE call_steps ENGINE = InnoDB');
      await insert('call_steps', 'call_id, kept_at, steps', () => [randomUUID(), now, steps]);
      expectAbout({
        account: await bytesARow('accounts'),
        reset: await bytesARow('resets', 'notification_outbox'),
        attempt: await bytesARow('attempts'),
        steps: await bytesARow('call_steps'),
      });
    });
  });
}
