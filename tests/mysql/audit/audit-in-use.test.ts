import { randomUUID } from 'node:crypto';
import { keyIdOf } from '../../../src/mysql/audit/audit-keys.ts';
import { pruneAuditLog } from '../../../src/mysql/audit/prune.ts';
import { AuditSealer, type SealedBatch } from '../../../src/mysql/audit/audit-sealer.ts';
import { readBounds } from '../../../src/mysql/audit/sealer-bounds.ts';
import type { Session } from '../../../src/mysql/database/session.ts';
import { AuditLogUnderTest } from '../../support/engine/audit-log-under-test.ts';
import {
  auditedRegistry,
  auditKey,
  changedCall,
  livingInstance,
} from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { LossyProxy } from '../../support/machine/lossy-proxy.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the audit log in use in ${kind}`, (database) => {
    let log: AuditLogUnderTest;
    beforeAll(() => void (log = new AuditLogUnderTest(database)));
    beforeEach(() => database.owner.clear());

    describe('while calls go on', () => {
      const rowsPerBatch = () =>
        log.owner.rows<{ rows: number }>('SELECT COUNT(*) AS `rows` FROM audit_sealed_rows');

      test('five sealers beside 120 calls seal every row once', async () => {
        const sealers = Array.from(
          { length: 5 },
          () => new AuditSealer({ url: database.applicationUrl, key: auditKey }),
        );
        let isOver = false;
        const sealing = sealers.map(async (each) => {
          const batches: SealedBatch[] = [];
          while (!isOver) batches.push(...(await each.sealAll()));
          return batches;
        });
        await Promise.all(
          Array.from({ length: 8 }, async () => {
            for (let call = 0; call < 15; call++) await log.endedCall();
          }),
        );
        isOver = true;
        const batches = [...(await Promise.all(sealing)).flat(), ...(await log.seal())];
        await Promise.all(sealers.map((each) => each.end()));
        expect(batches.reduce((sum, { rows }) => sum + rows, 0)).toBe(120);
        expect(await rowsPerBatch()).toEqual([{ rows: 120 }]);
        expect(await log.verify()).toMatchObject({ finding: null, rows: 120, unsealed: 0 });
      });

      test('a row committed after a greater id was sealed is sealed once; a gap in the ids is not a missing row', async () => {
        await log.sealedCalls(1);
        const late = await log.owner.pool.getConnection();
        await late.beginTransaction();
        const columns = 'call_id, closed_at, duration_ms, outcome, reason, mac';
        await late.query(
          `INSERT INTO audit_log (${columns}) VALUES (?, UTC_TIMESTAMP(3), 1, 'fault', 'rolled back', '')`,
          [randomUUID()],
        );
        await late.rollback(); // leaves a gap
        await late.beginTransaction();
        await late.query(
          `INSERT INTO audit_log (${columns}) VALUES (?, UTC_TIMESTAMP(3), 1, 'fault', 'late', '')`,
          [randomUUID()],
        );
        await log.endedCall();
        expect(await log.seal()).toMatchObject([{ batch: 2, rows: 1 }]);
        expect(await log.finding()).toBeNull();
        await late.commit();
        late.release();
        expect(await log.seal()).toMatchObject([{ batch: 3, rows: 1 }]);
        expect(await log.seal()).toEqual([]);
      });

      test('a late row with a small id, in a batch of its own, does not send a process that starts back to it', async () => {
        const ids = await log.sealedCalls(1);
        await log.tamper(
          `INSERT INTO audit_log (id, call_id, closed_at, duration_ms, outcome, reason, mac) VALUES (?, UUID(), UTC_TIMESTAMP(3), 1, 'fault', 'late', '')`,
          [ids[0]! - 1],
        );
        await log.seal();
        await log.tamper('UPDATE audit_seals SET sealed_at = sealed_at - INTERVAL 2 HOUR');
        const select = (sql: string) => log.owner.rows<Record<string, number>>(sql);
        expect(await readBounds({ select } as unknown as Session)).toMatchObject({ settled: ids.at(-1) });
      });

      test('a process that starts seals new rows first, and goes on with old ones from where another has got to', async () => {
        const late = await log.owner.pool.getConnection();
        await late.beginTransaction();
        await late.query(
          `INSERT INTO audit_log (call_id, closed_at, duration_ms, outcome, reason, mac) VALUES (?, UTC_TIMESTAMP(3), 1, 'fault', 'late', '')`,
          [randomUUID()],
        );
        await log.endedCall();
        await log.seal();
        await log.endedCall();
        await log.seal();
        await log.tamper('UPDATE audit_seals SET sealed_at = sealed_at - INTERVAL 2 HOUR WHERE batch = 1');
        const [{ settled } = { settled: 0 }] = await log.owner.rows<{ settled: number }>(
          'SELECT last_id AS settled FROM audit_seals WHERE batch = 1',
        );
        await late.commit();
        late.release();
        await log.endedCall();
        const start = () =>
          database.endLater(new AuditSealer({ url: database.applicationUrl, key: auditKey }));
        const batches = await start().sealMore();
        expect(batches).toMatchObject([{ batch: 3 }, { batch: 4, lastId: settled - 1 }]);
        expect(await log.owner.rows('SELECT up_to AS upTo FROM audit_sweep')).toEqual([{ upTo: settled }]);
        expect(await start().sealMore()).toEqual([]);
      });

      test('a sealer that loses to a faster one looks again at once and leaves nothing behind', async () => {
        const proxy = await LossyProxy.start(database.applicationUrl);
        const slower = new AuditSealer({ url: proxy.url, key: auditKey });
        await log.endedCall();
        const overtaken = proxy.holdNext('INSERT INTO audit_seals', async () => {
          await log.seal();
          await log.endedCall();
        });
        expect(await slower.sealAll()).toMatchObject([{ batch: 2, rows: 1 }]);
        await overtaken;
        expect(await log.verify()).toMatchObject({ finding: null, rows: 2, unsealed: 0 });
        await slower.end();
        await proxy.stop();
      });

      test('calls come, change passwords and end while a sealer has its transaction open', async () => {
        const proxy = await LossyProxy.start(database.applicationUrl);
        const sealing = new AuditSealer({ url: proxy.url, key: auditKey });
        for (let call = 0; call < 3; call++) await log.endedCall();
        const accountId = await log.owner.addAccount({
          bhxhCode: '0012345678',
          phone: '+84912345678',
          passwordHash: '$argon2id$old',
        });
        const meanwhile = proxy.holdNext('COMMIT', async () => {
          await Promise.all(Array.from({ length: 8 }, () => log.endedCall()));
          await changedCall(log.registry, accountId);
        });
        const [batches] = await Promise.all([sealing.sealAll(), meanwhile]);
        expect(batches).toMatchObject([{ batch: 1, rows: 3 }]);
        expect(await log.verify()).toMatchObject({ finding: null, rows: 3, unsealed: 9 });
        await sealing.end();
        await proxy.stop();
      });

      test('a call that is just ending holds up neither the sealer nor verify; its row is sealed next', async () => {
        const proxy = await LossyProxy.start(database.applicationUrl);
        const slow = auditedRegistry(proxy.url, { poolSize: 1 });
        const callId = randomUUID();
        await slow.openCall({
          callId,
          instanceId: await livingInstance(database.registry),
          channelId: '1',
          maskedPhone: '',
          phoneKey: null,
        });
        const meanwhile = proxy.holdNext('COMMIT', async () => {
          await log.endedCall();
          expect(await log.seal()).toMatchObject([{ batch: 1, rows: 1 }]);
          expect(await log.verify()).toMatchObject({ finding: null, rows: 1, unsealed: 0 });
        });
        await Promise.all([
          slow.closeCall(callId, { outcome: 'hung-up', reason: 'at first reading', durationMs: 1 }),
          meanwhile,
        ]);
        expect(await log.seal()).toMatchObject([{ batch: 2, rows: 1 }]);
        expect(await log.finding()).toBeNull();
        await slow.end();
        await proxy.stop();
      });

      test.each(['lose-commit', 'lose-answer'] as const)(
        'a sealer cut off at its commit (%s) leaves a chain that the next one continues',
        async (loss) => {
          const proxy = await LossyProxy.start(database.applicationUrl);
          const unlucky = new AuditSealer({ url: proxy.url, key: auditKey });
          await log.endedCall();
          proxy.loseNext(loss);
          await expect(unlucky.sealAll()).rejects.toThrow('the registry');
          expect(await log.finding()).toBeNull();
          await log.endedCall();
          await log.seal();
          expect(await log.verify()).toMatchObject({ finding: null, rows: 2, unsealed: 0 });
          await unlucky.end();
          await proxy.stop();
        },
      );
    });

    describe('retention', () => {
      const prune = (before: Date) => pruneAuditLog({ ownerUrl: database.url, key: auditKey, before });
      const tomorrow = () => new Date(Date.now() + 86_400_000);

      /** Two batches from long ago, then one from now. */
      async function oldAndNew(): Promise<void> {
        for (let batch = 0; batch < 2; batch++) {
          for (let call = 0; call < 3; call++) await log.endedCall();
          await log.endedAt('2020-01-01 00:00:00.000');
          await log.seal();
        }
        await log.sealedCalls(1);
      }

      test('removes whole batches from before the date, and the rest verifies and continues', async () => {
        await oldAndNew();
        expect(await prune(new Date('2021-01-01'))).toMatchObject({
          rows: 6,
          batches: 2,
          start: { batch: 2 },
        });
        expect(await log.verify()).toMatchObject({
          finding: null,
          rows: 3,
          start: { batch: 2 },
          head: { batch: 3 },
        });
        await log.endedCall();
        expect(await log.seal()).toMatchObject([{ batch: 4, rows: 1 }]);
        expect(await log.finding()).toBeNull();
        expect(await prune(new Date('2021-01-01'))).toMatchObject({ rows: 0, batches: 0 });
      });

      test('a batch with one call from after the date stays whole', async () => {
        await oldAndNew();
        expect(await prune(new Date('2019-01-01'))).toMatchObject({ rows: 0 });
        expect(await log.verify()).toMatchObject({ finding: null, rows: 9 });
      });

      test('when everything has been pruned, the chain continues where it was', async () => {
        await oldAndNew();
        const { head } = await log.verify();
        await prune(tomorrow());
        expect(await log.verify(head)).toMatchObject({ finding: null, rows: 0, start: head });
        await log.endedCall();
        expect(await log.seal()).toMatchObject([{ batch: 4, rows: 1 }]);
        expect(await log.verify(head)).toMatchObject({ finding: null, rows: 1 });
      });

      test('removes nothing from a log that does not verify', async () => {
        await oldAndNew();
        await log.tamper(`UPDATE audit_log SET reason = 'nothing to see' LIMIT 1`);
        await expect(prune(tomorrow())).rejects.toThrow(
          /^Nothing was removed, since the audit log does not verify: row \d+ was altered/,
        );
        expect(await log.owner.rows('SELECT id FROM audit_log')).toHaveLength(9);
      });

      test('batches removed by hand, and a checkpoint written by hand, are found', async () => {
        await oldAndNew();
        await log.tamper(
          'DELETE audit_log FROM audit_log JOIN audit_sealed_rows ON row_id = id WHERE batch = 1',
        );
        await log.tamper('DELETE FROM audit_sealed_rows WHERE batch = 1');
        const [first] = await log.owner.rows<{ seal: Buffer }>(
          'SELECT seal FROM audit_seals WHERE batch = 1',
        );
        await log.tamper('DELETE FROM audit_seals WHERE batch = 1');
        expect(await log.finding()).toBe('seal 1 is missing');
        await log.tamper(
          'INSERT INTO audit_checkpoints (batch, seal, pruned_at, row_count, kept_from, key_id, key_since, signature) VALUES (1, ?, UTC_TIMESTAMP(3), 3, UTC_TIMESTAMP(3), ?, UTC_TIMESTAMP(3), ?)',
          [first!.seal, keyIdOf(auditKey), Buffer.alloc(32, 'f')],
        );
        expect(await log.finding()).toMatch(/^the checkpoint after batch 1 was altered, inserted/);
      });

      test('a pruned row that is put back is found, before and after it is sealed', async () => {
        await oldAndNew();
        const [row] = await log.owner.rows<Record<string, unknown>>(
          'SELECT *, CAST(opened_at AS CHAR) AS opened_at, CAST(closed_at AS CHAR) AS closed_at FROM audit_log ORDER BY id LIMIT 1',
        );
        await prune(new Date('2021-01-01'));
        await log.tamper('INSERT INTO audit_log SET ?', [{ ...row, id: null }]);
        expect(await log.finding()).toMatch(/^row \d+ was put back: all calls that ended before/);
        expect((await log.seal())[0]).toMatchObject({ batch: 4, forged: [] });
        expect(await log.finding()).toMatch(/^row \d+ was put back/);
      });

      test('while a sealer runs and calls end, every row is either pruned or verifies', async () => {
        const running = new AuditSealer({ url: database.applicationUrl, key: auditKey, everyMs: 5 }).start();
        let isOver = false;
        const calling = Promise.all(
          Array.from({ length: 4 }, async () => {
            for (let call = 0; call < 20; call++) await log.endedCall();
          }),
        ).finally(() => (isOver = true));
        let pruned = 0;
        while (!isOver) pruned += (await prune(new Date())).rows;
        await calling;
        await running.stop();
        const { finding: wrong, rows, unsealed } = await log.verify();
        expect({ wrong, rows: pruned + rows, unsealed }).toEqual({ wrong: null, rows: 80, unsealed: 0 });
        pruned += (await prune(tomorrow())).rows;
        expect(pruned).toBe(80);
      });

      test('is refused to the application', async () => {
        await oldAndNew();
        await expect(
          pruneAuditLog({ ownerUrl: database.applicationUrl, key: auditKey, before: tomorrow() }),
        ).rejects.toThrow('The database failed');
        expect(await log.verify()).toMatchObject({ finding: null, rows: 9 });
      });
    });
  });
}
