/** Figures of calls: counted when their rows are sealed, once each. */
import { pruneAuditLog } from '../../../src/mysql/audit/prune.ts';
import { AuditSealer } from '../../../src/mysql/audit/audit-sealer.ts';
import { MysqlReports } from '../../../src/mysql/reports/mysql-reports.ts';
import { formatUtc } from '../../../src/mysql/database/utc.ts';
import type { Figures } from '../../../src/registry/call-figures.ts';
import { AuditLogUnderTest } from '../../support/engine/audit-log-under-test.ts';
import { auditKey, endedCall } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { addManyCalls } from '../../support/engine/many-calls.ts';
import { LossyProxy } from '../../support/machine/lossy-proxy.ts';
import { Dice } from '../../../src/simulation/dice.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `figures of calls in ${kind}`, (database) => {
    let log: AuditLogUnderTest;
    let reports: MysqlReports;
    beforeAll(() => {
      log = new AuditLogUnderTest(database);
      reports = database.endLater(new MysqlReports({ url: database.applicationUrl }));
    });
    beforeEach(() => database.owner.clear());

    const lastDays = (days: number) =>
      reports.figures.read({ from: new Date(Date.now() - days * dayMs), to: new Date(Date.now() + hourMs) });
    const newSealer = (url = database.applicationUrl) => new AuditSealer({ url, key: auditKey });
    const prune = (before: Date) => pruneAuditLog({ ownerUrl: database.url, key: auditKey, before });

    /** Whatever the range, and from whichever table: each call counts once. */
    async function expectCounted(calls: number): Promise<void> {
      for (const days of [1, 30]) {
        const { total, points, lengths, hoursOfDay, busiest } = await lastDays(days);
        expect(total.calls).toBe(calls);
        for (const counts of [
          points.map((point) => point.calls),
          lengths.map((each) => each.calls),
          hoursOfDay,
        ])
          expect(counts.reduce((sum, each) => sum + each, 0)).toBe(calls);
        expect(busiest === null).toBe(calls === 0);
      }
    }

    test('a call counts once it is sealed, and once however often its row is looked at', async () => {
      await log.endedCall();
      await expectCounted(0);
      await log.seal();
      await expectCounted(1);
      await log.seal();
      const another = database.endLater(newSealer());
      await another.sealAll();
      await another.sealMore();
      await expectCounted(1);
    });

    test('five sealers beside forty calls count each once', async () => {
      const sealers = Array.from({ length: 5 }, () => newSealer());
      let isOver = false;
      const sealing = sealers.map(async (each) => {
        while (!isOver) await each.sealAll();
      });
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          for (let call = 0; call < 10; call++) await log.endedCall();
        }),
      );
      isOver = true;
      await Promise.all(sealing);
      await Promise.all(sealers.map((each) => each.end()));
      await log.seal();
      await expectCounted(40);
    });

    test('a sealer that loses to a faster one counts nothing that the other has counted', async () => {
      const proxy = await LossyProxy.start(database.applicationUrl);
      const slower = newSealer(proxy.url);
      await log.endedCall();
      const overtaken = proxy.holdNext('INSERT INTO audit_seals', async () => {
        await log.seal();
        await log.endedCall();
      });
      await slower.sealAll();
      await overtaken;
      await expectCounted(2);
      await slower.end();
      await proxy.stop();
    });

    test.each(['lose-commit', 'lose-answer'] as const)(
      'a sealer cut off at its commit (%s) has counted its calls with their seal, or not at all',
      async (loss) => {
        const proxy = await LossyProxy.start(database.applicationUrl);
        const unlucky = newSealer(proxy.url);
        await log.endedCall();
        proxy.loseNext(loss);
        await expect(unlucky.sealAll()).rejects.toThrow('the registry');
        const [sealed] = await database.owner.rows<{ n: number }>(
          'SELECT COUNT(*) AS n FROM audit_sealed_rows',
        );
        await expectCounted(sealed!.n);
        await log.endedCall();
        await log.seal();
        await expectCounted(2);
        await unlucky.end();
        await proxy.stop();
      },
    );

    test('a row that the hotline did not write is sealed and not counted', async () => {
      await log.endedCall();
      await log.tamper(
        `INSERT INTO audit_log (call_id, closed_at, duration_ms, outcome, reason, mac) VALUES (UUID(), UTC_TIMESTAMP(3), 1, 'fault', 'forged', '')`,
      );
      expect(await log.seal()).toMatchObject([{ rows: 2, forged: [expect.anything()] }]);
      await expectCounted(1);
    });

    test('what an officer does is sealed and is no call: not in the figures, not among the calls, not now', async () => {
      const callId = await log.endedCall();
      await database.registry.recordAct({ user: 'lan', what: { kind: 'looked at call', callId } });
      expect(await log.seal()).toMatchObject([{ rows: 2, forged: [] }]);
      await expectCounted(1);
      expect((await reports.archive.list({})).calls.map((call) => call.callId)).toEqual([callId]);
      const { minutes, today } = await reports.live.read();
      expect(minutes.reduce((sum, { calls }) => sum + calls, 0)).toBe(1);
      expect(today.outcomes).toEqual({ 'hung-up': 1 });
    });

    test('pruning the audit log leaves the figures, and a pruned row that is put back does not count again', async () => {
      const calls = async () => (await lastDays(390)).total.calls;
      await log.endedCall();
      await log.endedAt(formatUtc(new Date(Date.now() - 300 * dayMs)));
      await log.seal();
      const [row] = await database.owner.rows<Record<string, unknown>>(
        'SELECT *, CAST(opened_at AS CHAR) AS opened_at, CAST(closed_at AS CHAR) AS closed_at FROM audit_log',
      );
      await prune(new Date());
      expect(await calls()).toBe(1);
      await log.endedCall();
      await log.tamper('INSERT INTO audit_log SET ?', [{ ...row, id: null }]);
      expect(await log.seal()).toMatchObject([{ rows: 2, forged: [] }]);
      expect(await calls()).toBe(2);
    });

    test('refused calls that share a row count as many, and have no length', async () => {
      const refused = { outcome: 'limited', durationMs: 90_000 } as const;
      await endedCall(database.registry, { ...refused, reason: 'all lines are busy (37 calls in this row)' });
      await endedCall(database.registry, { ...refused, reason: 'all lines are busy', durationMs: 0 });
      await log.seal();
      const { total, lengths, meanMs } = await lastDays(1);
      expect(total).toMatchObject({ calls: 38, refused: 38, funnel: { called: 38, answered: 0 } });
      expect(lengths.every(({ calls }) => calls === 0)).toBe(true);
      expect(meanMs).toBeNull();
    });

    test('a day is one of Vietnam: it ends at 17:00 UTC', async () => {
      for (const closedAt of ['2026-03-31 16:59:59.999', '2026-03-31 17:00:00.000']) {
        await log.endedCall();
        await log.endedAt(closedAt);
        await log.seal();
      }
      const read = (from: string, to: string) =>
        reports.figures.read({ from: new Date(from), to: new Date(to) });
      const counted = ({ points }: Figures) =>
        points.filter(({ calls }) => calls > 0).map(({ at, calls }) => [at.toISOString(), calls]);
      expect(counted(await read('2026-03-20T00:00:00+07:00', '2026-04-20T00:00:00+07:00'))).toEqual([
        ['2026-03-30T17:00:00.000Z', 1],
        ['2026-03-31T17:00:00.000Z', 1],
      ]);
      expect(counted(await read('2026-04-01T00:00:00+07:00', '2026-04-08T00:00:00+07:00'))).toHaveLength(1);
      expect(counted(await read('2026-03-31T00:00:00+07:00', '2026-04-01T00:00:00+07:00'))).toEqual([
        ['2026-03-31T16:00:00.000Z', 1],
      ]);
    });

    test('the figures of thousands of calls are those of their rows', async () => {
      const until = new Date();
      await addManyCalls(database.owner, { calls: 3000, days: 20, until, dice: new Dice(7) });
      await log.seal();
      for (const days of [2, 25]) {
        const figures = await lastDays(days);
        const [ofRows] = await database.owner.rows<Record<string, number>>(
          `SELECT COUNT(*) AS calls, CAST(SUM(mismatches) AS SIGNED) AS mismatches, CAST(SUM(outcome = 'changed') AS SIGNED) AS changed,
                  CAST(SUM(outcome = 'limited' AND reason = 'all lines are busy') AS SIGNED) AS refused,
                  CAST(SUM(reading_begun) AS SIGNED) AS reading, CAST(ROUND(AVG(IF(duration_ms > 0, duration_ms, NULL))) AS SIGNED) AS meanMs
           FROM audit_log WHERE closed_at >= ?`,
          [formatUtc(figures.from)],
        );
        const { total, meanMs } = figures;
        expect(ofRows!['calls']).toBeGreaterThan(100);
        expect({
          ...{ calls: total.calls, mismatches: total.mismatches, changed: total.outcomes.changed },
          ...{ refused: total.refused, reading: total.funnel.reading, meanMs },
        }).toEqual(ofRows);
        const { called, answered, keyed, matched, reading, changed } = total.funnel;
        expect([called, answered, keyed, matched, changed]).toEqual(
          [called, answered, keyed, matched, changed].toSorted((a, b) => b - a),
        );
        expect(changed).toBeLessThanOrEqual(reading);
      }
    });

    test('a minute of the menu that is kept twice counts once in its day, and a new event of it is added', async () => {
      const keep = (event: 'left' | 'operator', calls: number) =>
        database.registry.keepMenuCounts('node-1', [{ minute: '2026-03-31T16:59Z', event, calls }]);
      await keep('left', 3);
      await keep('left', 3);
      await keep('operator', 2);
      for (const [from, to] of [
        ['2026-03-30', '2026-04-01'],
        ['2026-03-20', '2026-04-20'],
      ] as const) {
        // prettier-ignore
        const { total, gaveUp } = await reports.figures.read({ from: new Date(from), to: new Date(to) });
        expect(total).toMatchObject({ menu: { left: 3, operator: 2 }, funnel: { called: 5 } });
        expect(gaveUp.menu).toBe(3);
      }
    });
  });
}
