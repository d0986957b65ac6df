import { randomUUID } from 'node:crypto';
import { pruneAuditLog } from '../../../src/mysql/audit/prune.ts';
import { AuditSealer } from '../../../src/mysql/audit/audit-sealer.ts';
import { AuditLogUnderTest, auditKey } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

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
          /^seal 1 was altered, or made with another AUDIT_KEY/,
        );
        const stranger = new AuditSealer({ url: database.applicationUrl, key: otherKey });
        await log.endedCall();
        await expect(stranger.sealAll()).rejects.toThrow('another AUDIT_KEY');
        await stranger.end();
      });

      test('rows that an older version wrote without marks verify, in however many batches, and are pruned like others', async () => {
        for (let batch = 0; batch < 2; batch++) {
          for (let call = 0; call < 3; call++) await log.endedCall();
          await log.endedAt('2020-01-01 00:00:00.000');
          await log.writtenBeforeMarks();
          expect(await log.finding()).toBeNull();
          expect((await log.seal())[0]!.unmarked).toEqual([]);
        }
        await log.sealedCalls(1);
        expect(await log.verify()).toMatchObject({ finding: null, rows: 9, head: { batch: 3 } });
        expect(
          await pruneAuditLog({ ownerUrl: database.url, key: auditKey, before: new Date('2021-01-01') }),
        ).toMatchObject({ rows: 6 });
        expect(await log.verify()).toMatchObject({ finding: null, rows: 3 });
      });

      test('ten thousand and one rows of an older version are no exception', async () => {
        const digit =
          '(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)';
        await log.tamper(
          `INSERT INTO audit_log (call_id, closed_at, duration_ms, outcome, reason) SELECT UUID(), UTC_TIMESTAMP(3), 1, 'mismatch', 'of before'
           FROM ${digit} AS a, ${digit} AS b, ${digit} AS c, ${digit} AS d UNION ALL SELECT UUID(), UTC_TIMESTAMP(3), 1, 'mismatch', 'of before'`,
        );
        await log.writtenBeforeMarks();
        await log.endedCall();
        expect((await log.seal()).reduce((sum, { rows }) => sum + rows, 0)).toBe(10_002);
        expect(await log.verify()).toMatchObject({ finding: null, rows: 10_002, unsealed: 0 });
      });
    });

    describe('tampered with', () => {
      test.each(['reason', 'masked_phone', 'phone_key', 'code_key', 'node', 'channel_id', 'call_id', 'mark'])(
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

      test.each(['opened_at', 'closed_at'])('an altered %s names the row', async (column) => {
        const [altered] = await log.sealedCalls();
        await log.tamper(
          `UPDATE audit_log SET ${column} = ${column} + INTERVAL 1000 MICROSECOND WHERE id = ?`,
          [altered],
        );
        expect(await log.finding()).toBe(`row ${altered} was altered`);
      });

      test('of several the first is named', async () => {
        const ids = await log.sealedCalls(3);
        await log.tamper('UPDATE audit_log SET duration_ms = 1 WHERE id IN (?, ?)', [ids[4], ids[7]]);
        expect(await log.finding()).toBe(`row ${ids[4]} was altered`);
      });

      test('a removed row is named, also when what its seal kept of it is removed too', async () => {
        const ids = await log.sealedCalls();
        await log.tamper('DELETE FROM audit_log WHERE id = ?', [ids[1]]);
        expect(await log.finding()).toBe(`row ${ids[1]} is missing`);
        await log.tamper('DELETE FROM audit_sealed_rows WHERE row_id = ?', [ids[1]]);
        expect(await log.finding()).toMatch(`row ${ids[1]} is missing`);
      });

      test('two rows that change places are named', async () => {
        const [first, second] = (await log.sealedCalls()) as [number, number];
        await log.tamper('UPDATE audit_log SET id = 0 WHERE id = ?', [first]);
        await log.tamper('UPDATE audit_log SET id = ? WHERE id = ?', [first, second]);
        await log.tamper('UPDATE audit_log SET id = ? WHERE id = 0', [second]);
        expect(await log.finding()).toBe(`row ${first} was altered`);
      });

      async function insertedRow(id: number): Promise<void> {
        await log.tamper(
          `INSERT INTO audit_log (id, call_id, closed_at, duration_ms, outcome, reason, mark) VALUES (?, ?, UTC_TIMESTAMP(3), 1, 'mismatch', 'invented', ?)`,
          [id, randomUUID(), 'c'.repeat(64)],
        );
      }

      test('an inserted row is named: before it is sealed, after the sealer has taken it, and with a forged place in a batch', async () => {
        const ids = await log.sealedCalls();
        const id = ids.at(-1)! + 5;
        await insertedRow(id);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
        await log.tamper(`INSERT INTO audit_sealed_rows VALUES (?, 2, ?)`, [id, 'd'.repeat(64)]);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
        await log.tamper(`UPDATE audit_sealed_rows SET batch = 9 WHERE row_id = ?`, [id]);
        expect(await log.finding()).toMatch(`row ${id} claims batch 9, which has no seal`);
        await log.tamper(`DELETE FROM audit_sealed_rows WHERE row_id = ?`, [id]);
        expect((await log.seal())[0]!.unmarked.map(Number)).toEqual([id]);
        expect(await log.finding()).toMatch(`row ${id} was inserted`);
      });

      test('a row without a mark is named where every row is marked from the start, and after a marked one', async () => {
        const insert = `INSERT INTO audit_log (id, call_id, closed_at, duration_ms, outcome, reason) VALUES (?, UUID(), UTC_TIMESTAMP(3), 1, 'mismatch', 'invented')`;
        await log.tamper(insert, [7]);
        expect(await log.finding()).toMatch('row 7 was inserted');
        expect((await log.seal())[0]!.unmarked.map(Number)).toEqual([7]);
        expect(await log.finding()).toMatch('row 7 was inserted');
        await log.owner.clear();
        const ids = await log.sealedCalls(1);
        await log.tamper('UPDATE audit_origin SET last_unmarked_id = ?', [ids[0]]); // which once was rolled back
        await log.tamper(insert, [ids[0]! - 1]);
        expect(await log.finding()).toMatch(`row ${ids[0]! - 1} was inserted`);
        await log.seal();
        expect(await log.finding()).toMatch(`row ${ids[0]! - 1} was inserted`);
      });

      test.each([
        ['outcome', `'mismatch'`],
        ['closed_at', 'closed_at - INTERVAL 1 DAY'],
        ['opened_at', 'opened_at - INTERVAL 1 DAY'],
        ['node', `'elsewhere'`],
        ['channel_id', `'2'`],
        ['instance_id', 'UUID()'],
        ['masked_phone', `'+84987***321'`],
        ['phone_key', `REPEAT('0', 64)`],
        ['code_key', `REPEAT('0', 64)`],
      ])('a %s altered before the row was sealed is named', async (column, value) => {
        const callId = await log.endedCall();
        await log.tamper(`UPDATE audit_log SET ${column} = ${value} WHERE call_id = ?`, [callId]);
        expect(await log.finding()).toMatch(/^row \d+ was inserted or altered before it was sealed/);
      });

      test('a digest written anew for an altered row does not help', async () => {
        const [altered] = await log.sealedCalls();
        await log.tamper(`UPDATE audit_log SET reason = 'nothing to see' WHERE id = ?`, [altered]);
        await log.tamper('UPDATE audit_sealed_rows SET digest = ? WHERE row_id = ?', [
          'e'.repeat(64),
          altered,
        ]);
        expect(await log.finding()).toBe(`row ${altered} was altered`);
      });

      test.each([
        'sealed_at = sealed_at + INTERVAL 1 DAY',
        `root = REPEAT('0', 64)`,
        `row_ids = '1'`,
        'last_id = last_id + 1',
        `seal = REPEAT('0', 64)`,
      ])('a changed seal is named: %s', async (change) => {
        await log.sealedCalls();
        await log.tamper(`UPDATE audit_seals SET ${change} WHERE batch = 1`);
        expect(await log.finding()).toMatch(/^seal 1 was altered/);
      });

      test('a removed seal is named; with the newest ones only a noted seal tells', async () => {
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

      test('a batch sealed anew is told from the one that was noted', async () => {
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
