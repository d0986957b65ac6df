import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keyIdOf } from '../../../src/mysql/audit/audit-keys.ts';
import { hexOf } from '../../../src/mysql/audit/audit-row.ts';
import { sealColumns, sealOf, type Seal } from '../../../src/mysql/audit/audit-seal.ts';
import { AuditSealer } from '../../../src/mysql/audit/audit-sealer.ts';
import { pruneAuditLog } from '../../../src/mysql/audit/prune.ts';
import { verifyAuditLog } from '../../../src/mysql/audit/verify.ts';
import { auditKey, endedCall } from '../../support/engine/audited-calls.ts';
import { AuditLogUnderTest } from '../../support/engine/audit-log-under-test.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

/** The statements of the document, from this batch on. The pool has no transactions, so without those. */
function statementsAfterForgery(batch: number): string[] {
  const document = readFileSync(join(import.meta.dirname, '../../../docs/operating.md'), 'utf8');
  const [, sql = ''] = /Going on after a forged seal.*?```sql\n(.*?)```/s.exec(document) ?? [];
  return [...sql.replaceAll('4712', String(batch)).matchAll(/DELETE[^;]+/g)].map(([statement]) => statement);
}

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the audit log's chain in ${kind}`, (database) => {
    let log: AuditLogUnderTest;
    beforeAll(() => void (log = new AuditLogUnderTest(database)));
    beforeEach(() => database.owner.clear());

    describe('left alone', () => {
      test('verifies: an empty one, one with seals, and one with calls not sealed yet', async () => {
        expect(await log.verify()).toMatchObject({ finding: null, rows: 0, unsealed: 0, head: { batch: 0 } });
        await log.sealedCalls();
        await log.endedCall();
        expect(await log.verify()).toMatchObject({ finding: null, rows: 6, unsealed: 1, head: { batch: 2 } });
      });

      test('sealing with nothing new makes no batch', async () => {
        await log.sealedCalls(1);
        expect(await log.seal()).toEqual([]);
      });

      test('another key verifies nothing and continues no chain', async () => {
        await log.sealedCalls(1);
        const otherKey = 'ff'.repeat(32);
        expect((await log.verify(undefined, otherKey)).finding).toMatch(
          /^seal 1 was altered, or made with another key than AUDIT_KEY/,
        );
        const stranger = new AuditSealer({ url: database.applicationUrl, key: otherKey });
        await log.endedCall();
        await expect(stranger.sealAll()).rejects.toThrow('another key than AUDIT_KEY');
        await stranger.end();
      });

      test('more than ten thousand rows are sealed and verify', async () => {
        await log.writtenRows(10_001);
        await log.endedCall();
        expect((await log.seal()).reduce((sum, { rows }) => sum + rows, 0)).toBe(10_002);
        expect(await log.verify()).toMatchObject({ finding: null, rows: 10_002, unsealed: 0 });
      });
    });

    describe('over a change of AUDIT_KEY', () => {
      const newKey = 'c3'.repeat(32);
      const keys = { key: newKey, earlierKeys: [auditKey] };
      const sealerWith = (options: { key: string; earlierKeys?: readonly string[] }) =>
        database.endLater(new AuditSealer({ url: database.applicationUrl, ...options }));
      const verify = (options: { key: string; earlierKeys?: readonly string[] }) =>
        verifyAuditLog({ databaseUrl: database.applicationUrl, ...options });

      /** One batch made with the old key, and one with the new, whose calls two applications wrote. */
      async function changeKey(): Promise<void> {
        await log.sealedCalls(1);
        await log.endedCall();
        await endedCall(database.openRegistry({ key: newKey }));
        expect(await sealerWith(keys).sealAll()).toMatchObject([{ batch: 2, rows: 2, forged: [] }]);
      }

      test('what was made with the earlier key verifies, and the chain goes on under the new one', async () => {
        await changeKey();
        await endedCall(database.openRegistry({ key: newKey }));
        expect(await verify(keys)).toMatchObject({ finding: null, rows: 5, unsealed: 1 });
        expect(await log.owner.rows('SELECT key_id AS id FROM audit_seals ORDER BY batch')).toEqual(
          [auditKey, newKey].map((key) => ({ id: keyIdOf(key) })),
        );
        expect((await verify({ key: newKey })).finding).toMatch(/^seal 1 .* made with another key/);
        await expect(log.seal()).rejects.toThrow('another key than AUDIT_KEY and AUDIT_KEYS_BEFORE');
      });

      test('an hour after the change a row made with the earlier key is forged', async () => {
        await log.sealedCalls(1);
        await endedCall(database.openRegistry({ key: newKey }));
        await sealerWith(keys).sealAll();
        const [seal] = await log.owner.rows<Seal>(`SELECT ${sealColumns} FROM audit_seals WHERE batch = 2`);
        const changedLongAgo = { ...seal!, keySince: '2026-01-01 00:00:00.000' };
        await log.tamper('UPDATE audit_seals SET key_since = ?, seal = UNHEX(?) WHERE batch = 2', [
          changedLongAgo.keySince,
          sealOf(newKey, changedLongAgo),
        ]);
        await log.endedCall(); // as somebody who got hold of the earlier key would write one
        expect((await verify(keys)).finding).toMatch(/^row \d+ was inserted or altered before it was sealed/);
        const [batch] = await sealerWith(keys).sealAll();
        expect(batch!.forged).toEqual([String(batch!.lastId)]);
        expect((await verify(keys)).finding).toMatch(/^row \d+ was inserted: the hotline did not write it/);
      });

      test('a seal made with the earlier key after the change is named', async () => {
        await changeKey();
        await log.endedCall();
        await sealerWith({ key: auditKey, earlierKeys: [newKey] }).sealAll();
        expect((await verify(keys)).finding).toBe(
          'seal 3 was made with an earlier key than the seal before it',
        );
      });

      test('once the rows made with it are pruned, the earlier key is not needed', async () => {
        await log.endedCall();
        await log.endedAt('2026-01-01 00:00:00.000');
        await log.seal();
        await endedCall(database.openRegistry({ key: newKey }));
        await sealerWith(keys).sealAll();
        await pruneAuditLog({ ownerUrl: database.url, ...keys, before: new Date('2026-01-02') });
        expect(await verify({ key: newKey })).toMatchObject({ finding: null, rows: 1, start: { batch: 1 } });
      });
    });

    describe('tampered with', () => {
      test.each(['reason', 'masked_phone', 'phone_key', 'code_key', 'node', 'channel_id', 'call_id', 'mac'])(
        'an altered %s names the row',
        async (column) => {
          const [, altered] = await log.sealedCalls();
          await log.tamper(
            `UPDATE audit_log SET ${column} = CONCAT(LEFT(COALESCE(${column}, ''), 5), 'x') WHERE id = ?`,
            [altered],
          );
          expect(await log.finding()).toBe(`row ${altered} was altered`);
        },
      );

      test.each([
        ['opened_at', 'opened_at + INTERVAL 1000 MICROSECOND'],
        ['closed_at', 'closed_at + INTERVAL 1000 MICROSECOND'],
        ['valid_until', 'UTC_TIMESTAMP(3)'],
        ['mismatches', 'mismatches + 1'],
        ['silences', 'silences + 1'],
        ['incomplete_codes', '1'],
        ['reading_begun', 'TRUE'],
      ])('an altered %s names the row', async (column, value) => {
        const [altered] = await log.sealedCalls();
        await log.tamper(`UPDATE audit_log SET ${column} = ${value} WHERE id = ?`, [altered]);
        expect(await log.finding()).toBe(`row ${altered} was altered`);
      });

      test('the first of several altered rows is named', async () => {
        const ids = await log.sealedCalls(3);
        await log.tamper("UPDATE audit_log SET duration_ms = 1, identity = 'asserted' WHERE id IN (?, ?)", [
          ids[4],
          ids[7],
        ]);
        expect(await log.finding()).toBe(`row ${ids[4]} was altered`);
      });

      test('a removed row is named, even if its digest is removed too', async () => {
        const ids = await log.sealedCalls();
        await log.tamper('DELETE FROM audit_log WHERE id = ?', [ids[1]]);
        expect(await log.finding()).toBe(`row ${ids[1]} is missing`);
        await log.tamper('DELETE FROM audit_sealed_rows WHERE row_id = ?', [ids[1]]);
        expect(await log.finding()).toMatch(`row ${ids[1]} is missing`);
      });

      test('two rows that were swapped are named', async () => {
        const [first, second] = (await log.sealedCalls()) as [number, number];
        await log.tamper('UPDATE audit_log SET id = 0 WHERE id = ?', [first]);
        await log.tamper('UPDATE audit_log SET id = ? WHERE id = ?', [first, second]);
        await log.tamper('UPDATE audit_log SET id = ? WHERE id = 0', [second]);
        expect(await log.finding()).toBe(`row ${first} was altered`);
      });

      async function insertedRow(id: number): Promise<void> {
        await log.tamper(
          `INSERT INTO audit_log (id, call_id, closed_at, duration_ms, outcome, reason, mac) VALUES (?, ?, UTC_TIMESTAMP(3), 1, 'mismatch', 'invented', UNHEX(?))`,
          [id, randomUUID(), 'cc'.repeat(32)],
        );
      }

      test('an inserted row is named: before it is sealed, after the sealer has taken it, and with a forged place in a batch', async () => {
        const ids = await log.sealedCalls();
        const id = ids.at(-1)! + 5;
        await insertedRow(id);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
        await log.tamper(`INSERT INTO audit_sealed_rows VALUES (?, 2, UNHEX(?))`, [id, 'dd'.repeat(32)]);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
        await log.tamper(`UPDATE audit_sealed_rows SET batch = 9 WHERE row_id = ?`, [id]);
        expect(await log.finding()).toMatch(`row ${id} claims batch 9, which has no seal`);
        await log.tamper(`DELETE FROM audit_sealed_rows WHERE row_id = ?`, [id]);
        expect((await log.seal())[0]!.forged.map(Number)).toEqual([id]);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
      });

      test('a row without a MAC is refused, and one with an empty MAC is named, wherever its id lies', async () => {
        const fresh = new AuditLogUnderTest(database); // its sealer has not looked beyond row 7 a minute ago
        const columns = 'id, call_id, closed_at, duration_ms, outcome, reason';
        const values = `?, UUID(), UTC_TIMESTAMP(3), 1, 'mismatch', 'invented'`;
        await expect(
          fresh.tamper(`INSERT INTO audit_log (${columns}) VALUES (${values})`, [7]),
        ).rejects.toThrow('mac');
        const insert = `INSERT INTO audit_log (${columns}, mac) VALUES (${values}, '')`;
        await fresh.tamper(insert, [7]);
        expect(await fresh.finding()).toMatch('row 7 was inserted');
        expect((await fresh.seal())[0]!.forged.map(Number)).toEqual([7]);
        expect(await fresh.finding()).toMatch('row 7 was inserted');
        await fresh.owner.clear();
        const [first = 0] = await fresh.sealedCalls(1);
        await fresh.tamper(insert, [first - 1]);
        expect(await fresh.finding()).toMatch(`row ${first - 1} was inserted`);
        await fresh.seal();
        expect(await fresh.finding()).toMatch(`row ${first - 1} was inserted`);
      });

      test.each([
        ['identity', `'asserted'`],
        ['outcome', `'mismatch'`],
        ['branch', `'office-hours'`],
        ['closed_at', 'closed_at - INTERVAL 1 DAY'],
        ['opened_at', 'opened_at - INTERVAL 1 DAY'],
        ['node', `'elsewhere'`],
        ['channel_id', `'2'`],
        ['instance_id', 'UUID()'],
        ['masked_phone', `'+84***4321'`],
        ['phone_key', `REPEAT('0', 32)`],
        ['code_key', `REPEAT('0', 32)`],
      ])('a %s altered before the row was sealed is named', async (column, value) => {
        const callId = await log.endedCall();
        await log.tamper(`UPDATE audit_log SET ${column} = ${value} WHERE call_id = ?`, [callId]);
        expect(await log.finding()).toMatch(/^row \d+ was inserted or altered before it was sealed/);
      });

      test('a rewritten digest does not hide an altered row', async () => {
        const [altered] = await log.sealedCalls();
        await log.tamper(`UPDATE audit_log SET reason = 'nothing to see' WHERE id = ?`, [altered]);
        await log.tamper('UPDATE audit_sealed_rows SET digest = UNHEX(?) WHERE row_id = ?', [
          'ee'.repeat(32),
          altered,
        ]);
        expect(await log.finding()).toBe(`row ${altered} was altered`);
      });

      test.each([
        'sealed_at = sealed_at + INTERVAL 1 DAY',
        `root = REPEAT('0', 32)`,
        `row_ids = '1'`,
        'last_id = last_id + 1',
        `seal = REPEAT('0', 32)`,
      ])('a changed seal is named: %s', async (change) => {
        await log.sealedCalls();
        await log.tamper(`UPDATE audit_seals SET ${change} WHERE batch = 1`);
        expect(await log.finding()).toMatch(/^seal 1 was altered/);
      });

      test('a removed seal is named; if the newest are removed, only a noted seal shows it', async () => {
        await log.sealedCalls(3);
        const { head } = await log.verify();
        await log.tamper('DELETE FROM audit_seals WHERE batch = 2');
        expect(await log.finding()).toBe('seal 2 is missing');
        await log.tamper('DELETE FROM audit_seals WHERE batch > 1');
        expect(await log.finding()).toMatch(/claims batch 2, which has no seal/);
        await log.tamper(
          'DELETE audit_log FROM audit_log JOIN audit_sealed_rows ON row_id = id WHERE batch > 1',
        );
        await log.tamper('DELETE FROM audit_sealed_rows WHERE batch > 1');
        expect(await log.finding()).toBeNull();
        expect(await log.finding(head)).toMatch(
          'the chain ends with batch 1, but the seal of batch 3 was noted',
        );
      });

      test('a forged seal stops sealing, until it is removed as docs/operating.md says: then all rows verify', async () => {
        await log.sealedCalls(2);
        await database.application.pool.query(
          `INSERT INTO audit_seals SELECT 3, format, key_id, key_since, sealed_at, last_id, row_ids, root, previous, seal FROM audit_seals WHERE batch = 2`,
        );
        await log.endedCall();
        await expect(log.seal()).rejects.toThrow('run hotline audit verify');
        expect(await log.finding()).toMatch(/^seal 3 was altered/);
        for (const statement of statementsAfterForgery(2)) await log.tamper(statement);
        await log.seal();
        expect(await log.verify()).toMatchObject({ finding: null, rows: 7, unsealed: 0, head: { batch: 2 } });
      });

      test('from a noted seal, only what came after it is looked at, and the seal must be the noted one', async () => {
        const ids = await log.sealedCalls(3);
        const { head } = await log.verify();
        const [seal] = await log.owner.rows<{ batch: number; seal: string }>(
          `SELECT batch, ${hexOf('seal')} AS seal FROM audit_seals WHERE batch = 2`,
        );
        const from = (noted: { batch: number; seal: string }) =>
          verifyAuditLog({ databaseUrl: database.applicationUrl, key: auditKey, from: noted });
        expect(await from(seal!)).toMatchObject({ finding: null, rows: 3, from: seal, head });
        expect(await from(head)).toMatchObject({ finding: null, rows: 0, head });
        await log.tamper(`UPDATE audit_log SET reason = 'x' WHERE id IN (?, ?)`, [ids[0], ids[8]]);
        expect((await from(seal!)).finding).toBe(`row ${ids[8]} was altered`);
        expect((await from(head)).finding).toBeNull();
        expect((await from({ ...head, seal: 'f'.repeat(64) })).finding).toMatch(/^batch 3 has another seal/);
        expect((await from({ ...head, batch: 4 })).finding).toMatch(/^seal 4, which was noted, is missing/);
      });

      test('a batch that was sealed anew differs from the noted one', async () => {
        await log.sealedCalls(1);
        const { head } = await log.verify();
        await log.tamper('DELETE FROM audit_seals');
        await log.tamper('DELETE FROM audit_sealed_rows');
        await log.seal();
        expect(await log.finding()).toBeNull();
        expect(await log.finding(head)).toMatch('batch 1 has another seal than the one noted');
      });
    });
  });
}
