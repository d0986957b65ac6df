import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, jest } from '@jest/globals';
import { pruneAuditLog } from '../../src/mysql/audit-prune.ts';
import type { Head } from '../../src/mysql/audit-seal.ts';
import { AuditSealer, type SealedBatch } from '../../src/mysql/audit-sealer.ts';
import { verifyAuditLog } from '../../src/mysql/audit-verify.ts';
import { migrate } from '../../src/mysql/migrate.ts';
import type { MysqlRegistry } from '../../src/mysql/mysql-registry.ts';
import { auditedRegistry, auditKey, endedCall } from '../support/audited-calls.ts';
import { RegistryOwner } from '../support/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../support/databases.ts';
import { describeWithDatabase } from '../support/describe-with-docker.ts';
import { LossyProxy } from '../support/lossy-proxy.ts';

// A guard against waiting for ever, not a measurement: the machine may be busy with other tests.
jest.setTimeout(60_000);

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `the audit log's chain in ${kind}`, () => {
    let database: Database;
    let owner: RegistryOwner;
    let registry: MysqlRegistry;
    let sealer: AuditSealer;
    beforeAll(async () => {
      database = await startDatabase(kind);
      await migrate(database.url, { applicationUrl: database.applicationUrl });
      owner = new RegistryOwner(database.url);
      registry = auditedRegistry(database.applicationUrl);
      sealer = new AuditSealer({ url: database.applicationUrl, key: auditKey });
    }, 120_000);
    beforeEach(() => owner.clear());
    afterAll(async () => {
      await sealer?.end();
      await registry?.end();
      await owner?.pool.end();
      await database?.stop();
    }, 60_000);

    const verify = (noted?: Head, key = auditKey) => verifyAuditLog({ databaseUrl: database.applicationUrl, key, ...(noted && { noted }) });
    const finding = async (noted?: Head) => (await verify(noted)).finding;
    const seal = () => sealer.sealAll();
    const tamper = (sql: string, values: unknown[] = []) => owner.pool.query(sql, values);

    /** `batches` batches of three calls each. Returns the ids of all rows. */
    async function sealedCalls(batches = 2): Promise<number[]> {
      for (let batch = 0; batch < batches; batch++) {
        for (let call = 0; call < 3; call++) await endedCall(registry);
        await seal();
      }
      return (await owner.rows<{ id: number }>('SELECT id FROM audit_log ORDER BY id')).map(({ id }) => id);
    }

    describe('left alone', () => {
      test('verifies: an empty one, one with seals, and one with calls not sealed yet', async () => {
        expect(await verify()).toMatchObject({ finding: null, rows: 0, unsealed: 0, head: { batch: 0 } });
        await sealedCalls();
        await endedCall(registry);
        expect(await verify()).toMatchObject({ finding: null, rows: 6, unsealed: 1, head: { batch: 2 } });
      });

      test('sealing with nothing new makes no batch', async () => {
        await sealedCalls(1);
        expect(await seal()).toEqual([]);
      });

      test('another key verifies nothing and continues no chain', async () => {
        await sealedCalls(1);
        const otherKey = 'ff'.repeat(32);
        expect((await verify(undefined, otherKey)).finding).toMatch(/^seal 1 was altered, or made with another AUDIT_KEY/);
        const stranger = new AuditSealer({ url: database.applicationUrl, key: otherKey });
        await endedCall(registry);
        await expect(stranger.sealAll()).rejects.toThrow('another AUDIT_KEY');
        await stranger.end();
      });

      test('rows that an older version wrote without marks are taken into the first batch, and into no later one', async () => {
        await endedCall(registry);
        await tamper('UPDATE audit_log SET mark = NULL');
        expect(await finding()).toBeNull();
        await seal();
        expect(await finding()).toBeNull();
      });
    });

    describe('tampered with', () => {
      test.each(['reason', 'masked_phone', 'phone_key', 'code_key', 'node', 'channel_id', 'call_id', 'mark'])('an altered %s names the row', async (column) => {
        const [, altered] = await sealedCalls();
        await tamper(`UPDATE audit_log SET ${column} = CONCAT(LEFT(COALESCE(${column}, ''), 5), 'x') WHERE id = ?`, [altered]);
        expect(await finding()).toBe(`row ${altered} was altered`);
      });

      test.each(['opened_at', 'closed_at'])('an altered %s names the row', async (column) => {
        const [altered] = await sealedCalls();
        await tamper(`UPDATE audit_log SET ${column} = ${column} + INTERVAL 1000 MICROSECOND WHERE id = ?`, [altered]);
        expect(await finding()).toBe(`row ${altered} was altered`);
      });

      test('of several the first is named', async () => {
        const ids = await sealedCalls(3);
        await tamper('UPDATE audit_log SET duration_ms = 1 WHERE id IN (?, ?)', [ids[4], ids[7]]);
        expect(await finding()).toBe(`row ${ids[4]} was altered`);
      });

      test('a removed row is named, also when what its seal kept of it is removed too', async () => {
        const ids = await sealedCalls();
        await tamper('DELETE FROM audit_log WHERE id = ?', [ids[1]]);
        expect(await finding()).toBe(`row ${ids[1]} is missing`);
        await tamper('DELETE FROM audit_sealed_rows WHERE row_id = ?', [ids[1]]);
        expect(await finding()).toMatch(`row ${ids[1]} is missing`);
      });

      test('two rows that change places are named', async () => {
        const [first, second] = (await sealedCalls()) as [number, number];
        await tamper('UPDATE audit_log SET id = 0 WHERE id = ?', [first]);
        await tamper('UPDATE audit_log SET id = ? WHERE id = ?', [first, second]);
        await tamper('UPDATE audit_log SET id = ? WHERE id = 0', [second]);
        expect(await finding()).toBe(`row ${first} was altered`);
      });

      async function insertedRow(id: number): Promise<void> {
        await tamper(
          `INSERT INTO audit_log (id, call_id, closed_at, duration_ms, outcome, reason, mark) VALUES (?, ?, UTC_TIMESTAMP(3), 1, 'mismatch', 'invented', ?)`,
          [id, randomUUID(), 'c'.repeat(64)],
        );
      }

      test('an inserted row is named: before it is sealed, after the sealer has taken it, and with a forged place in a batch', async () => {
        const ids = await sealedCalls();
        const id = ids.at(-1)! + 5;
        await insertedRow(id);
        expect(await finding()).toMatch(`row ${id} was inserted`);
        await tamper(`INSERT INTO audit_sealed_rows VALUES (?, 2, ?)`, [id, 'd'.repeat(64)]);
        expect(await finding()).toMatch(`row ${id} was inserted`);
        await tamper(`UPDATE audit_sealed_rows SET batch = 9 WHERE row_id = ?`, [id]);
        expect(await finding()).toMatch(`row ${id} claims batch 9, which has no seal`);
        await tamper(`DELETE FROM audit_sealed_rows WHERE row_id = ?`, [id]);
        expect((await seal())[0]!.unmarked.map(Number)).toEqual([id]);
        expect(await finding()).toMatch(`row ${id} was inserted`);
      });

      test('a call altered before it was sealed is named', async () => {
        await sealedCalls(1);
        const callId = await endedCall(registry);
        await tamper(`UPDATE audit_log SET outcome = 'mismatch' WHERE call_id = ?`, [callId]);
        expect(await finding()).toMatch(/^row \d+ was inserted or altered before it was sealed/);
      });

      test('a digest written anew for an altered row does not help', async () => {
        const [altered] = await sealedCalls();
        await tamper(`UPDATE audit_log SET reason = 'nothing to see' WHERE id = ?`, [altered]);
        await tamper('UPDATE audit_sealed_rows SET digest = ? WHERE row_id = ?', ['e'.repeat(64), altered]);
        expect(await finding()).toBe(`row ${altered} was altered`);
      });

      test.each(['sealed_at = sealed_at + INTERVAL 1 DAY', `root = REPEAT('0', 64)`, `row_ids = '1'`, 'last_id = last_id + 1', `seal = REPEAT('0', 64)`])(
        'a changed seal is named: %s',
        async (change) => {
          await sealedCalls();
          await tamper(`UPDATE audit_seals SET ${change} WHERE batch = 1`);
          expect(await finding()).toMatch(/^seal 1 was altered/);
        },
      );

      test('a removed seal is named; with the newest ones only a noted seal tells', async () => {
        await sealedCalls(3);
        const { head } = await verify();
        await tamper('DELETE FROM audit_seals WHERE batch = 2');
        expect(await finding()).toBe('seal 2 is missing');
        await tamper('DELETE FROM audit_seals WHERE batch > 1');
        expect(await finding()).toMatch(/claims batch 2, which has no seal/);
        await tamper('DELETE audit_log FROM audit_log JOIN audit_sealed_rows ON row_id = id WHERE batch > 1');
        await tamper('DELETE FROM audit_sealed_rows WHERE batch > 1');
        expect(await finding()).toBeNull();
        expect(await finding(head)).toMatch('the chain ends with batch 1, but the seal of batch 3 was noted');
      });

      test('a batch sealed anew is told from the one that was noted', async () => {
        await sealedCalls(1);
        const { head } = await verify();
        await tamper('DELETE FROM audit_seals');
        await tamper('DELETE FROM audit_sealed_rows');
        await seal();
        expect(await finding()).toBeNull();
        expect(await finding(head)).toMatch('batch 1 has another seal than the one noted');
      });
    });

    describe('while calls go on', () => {
      const rowsPerBatch = () => owner.rows<{ rows: number }>('SELECT COUNT(*) AS `rows` FROM audit_sealed_rows');

      test('five sealers beside 120 calls seal every row once', async () => {
        const sealers = Array.from({ length: 5 }, () => new AuditSealer({ url: database.applicationUrl, key: auditKey }));
        let isOver = false;
        const sealing = sealers.map(async (each) => {
          const batches: SealedBatch[] = [];
          while (!isOver) batches.push(...(await each.sealAll()));
          return batches;
        });
        await Promise.all(
          Array.from({ length: 8 }, async () => {
            for (let call = 0; call < 15; call++) await endedCall(registry);
          }),
        );
        isOver = true;
        const batches = [...(await Promise.all(sealing)).flat(), ...(await seal())];
        await Promise.all(sealers.map((each) => each.end()));
        expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(120);
        expect(await rowsPerBatch()).toEqual([{ rows: 120 }]);
        expect(await verify()).toMatchObject({ finding: null, rows: 120, unsealed: 0 });
      });

      test('a row committed after one with a greater id was sealed gets its seal, once; a gap is no missing row', async () => {
        await sealedCalls(1);
        const late = await owner.pool.getConnection();
        await late.beginTransaction();
        const columns = 'call_id, closed_at, duration_ms, outcome, reason';
        await late.query(`INSERT INTO audit_log (${columns}) VALUES (?, UTC_TIMESTAMP(3), 1, 'fault', 'rolled back')`, [randomUUID()]);
        await late.rollback(); // leaves a gap
        await late.beginTransaction();
        await late.query(`INSERT INTO audit_log (${columns}) VALUES (?, UTC_TIMESTAMP(3), 1, 'fault', 'late')`, [randomUUID()]);
        await endedCall(registry);
        expect(await seal()).toMatchObject([{ batch: 2, rows: 1 }]);
        expect(await finding()).toBeNull();
        await late.commit();
        late.release();
        expect(await seal()).toMatchObject([{ batch: 3, rows: 1 }]);
        expect(await seal()).toEqual([]);
      });

      test.each(['lose-commit', 'lose-answer'] as const)('a sealer cut off at its commit (%s) leaves a chain that the next one continues', async (loss) => {
        const proxy = await LossyProxy.start(database.applicationUrl);
        const unlucky = new AuditSealer({ url: proxy.url, key: auditKey });
        await endedCall(registry);
        proxy.loseNext(loss);
        await expect(unlucky.sealAll()).rejects.toThrow('the registry');
        expect(await finding()).toBeNull();
        await endedCall(registry);
        await seal();
        expect(await verify()).toMatchObject({ finding: null, rows: 2, unsealed: 0 });
        await unlucky.end();
        await proxy.stop();
      });
    });

    describe('retention', () => {
      const prune = (before: Date) => pruneAuditLog({ ownerUrl: database.url, key: auditKey, before });
      const tomorrow = () => new Date(Date.now() + 86_400_000);

      /** Two batches of long ago, then one of now. */
      async function oldAndNew(): Promise<void> {
        for (let batch = 0; batch < 2; batch++) {
          for (let call = 0; call < 3; call++) await endedCall(registry);
          await tamper(`UPDATE audit_log LEFT JOIN audit_sealed_rows ON row_id = id SET closed_at = '2020-01-01 00:00:00.000' WHERE row_id IS NULL`);
          await seal();
        }
        await sealedCalls(1);
      }

      test('removes whole batches of before, and the rest verifies and goes on', async () => {
        await oldAndNew();
        expect(await prune(new Date('2021-01-01'))).toMatchObject({ rows: 6, batches: 2, start: { batch: 2 } });
        expect(await verify()).toMatchObject({ finding: null, rows: 3, start: { batch: 2 }, head: { batch: 3 } });
        await endedCall(registry);
        expect(await seal()).toMatchObject([{ batch: 4, rows: 1 }]);
        expect(await finding()).toBeNull();
        expect(await prune(new Date('2021-01-01'))).toMatchObject({ rows: 0, batches: 0 });
      });

      test('a batch with one call of after stays whole', async () => {
        await oldAndNew();
        expect(await prune(new Date('2019-01-01'))).toMatchObject({ rows: 0 });
        expect(await verify()).toMatchObject({ finding: null, rows: 9 });
      });

      test('everything pruned, the chain still goes on where it was', async () => {
        await oldAndNew();
        const { head } = await verify();
        await prune(tomorrow());
        expect(await verify(head)).toMatchObject({ finding: null, rows: 0, start: head });
        await endedCall(registry);
        expect(await seal()).toMatchObject([{ batch: 4, rows: 1 }]);
        expect(await verify(head)).toMatchObject({ finding: null, rows: 1 });
      });

      test('removes nothing from a log that does not verify', async () => {
        await oldAndNew();
        await tamper(`UPDATE audit_log SET reason = 'nothing to see' LIMIT 1`);
        await expect(prune(tomorrow())).rejects.toThrow(/^Nothing was removed, since the audit log does not verify: row \d+ was altered/);
        expect(await owner.rows('SELECT id FROM audit_log')).toHaveLength(9);
      });

      test('batches removed by hand, and a checkpoint written by hand, are found', async () => {
        await oldAndNew();
        await tamper('DELETE audit_log FROM audit_log JOIN audit_sealed_rows ON row_id = id WHERE batch = 1');
        await tamper('DELETE FROM audit_sealed_rows WHERE batch = 1');
        const [first] = await owner.rows<{ seal: string }>('SELECT seal FROM audit_seals WHERE batch = 1');
        await tamper('DELETE FROM audit_seals WHERE batch = 1');
        expect(await finding()).toBe('seal 1 is missing');
        await tamper('INSERT INTO audit_checkpoints VALUES (1, ?, UTC_TIMESTAMP(3), 3, ?)', [first!.seal, 'f'.repeat(64)]);
        expect(await finding()).toMatch(/^the checkpoint after batch 1 was altered, inserted/);
      });

      test('is refused to the application', async () => {
        await oldAndNew();
        await expect(pruneAuditLog({ ownerUrl: database.applicationUrl, key: auditKey, before: tomorrow() })).rejects.toThrow('The database failed');
        expect(await verify()).toMatchObject({ finding: null, rows: 9 });
      });
    });
  });
}
