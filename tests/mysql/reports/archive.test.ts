/** The calls that have ended, page by page, and what happens now. */
import { randomUUID } from 'node:crypto';
import { MysqlReports } from '../../../src/mysql/reports/mysql-reports.ts';
import * as archive from '../../../src/mysql/reports/read-archive.ts';
import { Database } from '../../../src/mysql/database/database.ts';
import { formatUtc } from '../../../src/mysql/database/utc.ts';
import {
  archivePageCalls,
  readCursor,
  spellCursor,
  type ArchiveCursor,
  type ArchiveFilter,
  type ArchivePage,
} from '../../../src/registry/call-archive.ts';
import type { ShownCall } from '../../../src/registry/shown-call.ts';
import { AuditLogUnderTest } from '../../support/engine/audit-log-under-test.ts';
import { endedCall, livingInstance } from '../../support/engine/audited-calls.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { addManyCalls } from '../../support/engine/many-calls.ts';
import { Dice } from '../../../src/simulation/dice.ts';

const dayMs = 86_400_000;

type NextPage = (before?: ArchiveCursor) => Promise<ArchivePage>;

async function allPages(read: NextPage): Promise<{ calls: ShownCall[]; pages: number }> {
  const calls: ShownCall[] = [];
  let next: ArchiveCursor | null | undefined;
  let pages = 0;
  for (; next !== null; pages++) {
    const page = await read(next && readCursor(spellCursor(next))!);
    if (pages > 100) throw new Error('the pages have no end');
    calls.push(...page.calls);
    next = page.next;
  }
  return { calls, pages };
}

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the archive of calls in ${kind}`, (database) => {
    let reports: MysqlReports;
    beforeAll(() => {
      reports = database.endLater(new MysqlReports({ url: database.applicationUrl }));
    });

    describe('with two thousand calls', () => {
      const until = new Date(Date.now() - 60_000);
      beforeAll(async () => {
        await database.owner.clear();
        // Many end at the same moment, as those of a process that died do.
        const roundedToMs = 3_600_000;
        await addManyCalls(database.owner, { calls: 2000, days: 4, until, dice: new Dice(3), roundedToMs });
        await new AuditLogUnderTest(database).seal();
      });

      const idsOf = async (where: string, values: unknown[] = []) =>
        (
          await database.owner.rows<{ callId: string }>(
            `SELECT call_id AS callId FROM audit_log WHERE ${where} ORDER BY closed_at DESC, id DESC`,
            values,
          )
        ).map(({ callId }) => callId);

      test('every call is on one page, newest first, though many ended at the same moment', async () => {
        const { calls, pages } = await allPages((before) => reports.archive.list({}, before));
        expect(calls.map(({ callId }) => callId)).toEqual(await idsOf('TRUE'));
        expect(pages).toBe(2000 / archivePageCalls);
      });

      test('a call that ends while somebody turns the pages moves nothing', async () => {
        const first = await reports.archive.list({});
        const second = await reports.archive.list({}, first.next!);
        const callId = await endedCall(database.registry);
        expect(await reports.archive.list({}, first.next!)).toEqual(second);
        expect((await reports.archive.list({})).calls[0]).toMatchObject({ callId, batch: null });
        await database.owner.pool.query('DELETE FROM audit_log WHERE call_id = ?', [callId]);
      });

      const from = new Date(until.getTime() - 3 * dayMs);
      const to = new Date(until.getTime() - dayMs);
      const times = [from, to].map(formatUtc);
      const filters: [string, ArchiveFilter, string, unknown[]][] = [
        ['an outcome', { outcome: 'mismatch' }, `outcome = 'mismatch'`, []],
        ['a time', { from, to }, 'closed_at >= ? AND closed_at < ?', times],
        ['a node', { node: 'pbx-2' }, `node = 'pbx-2'`, []],
        ['a length', { minMs: 60_000, maxMs: 61_000 }, 'duration_ms >= 60000 AND duration_ms < 61000', []],
        ['all of these', { outcome: 'changed', from, to, node: 'pbx-1', minMs: 90_000 }, `outcome = 'changed' AND closed_at >= ? AND closed_at < ? AND node = 'pbx-1' AND duration_ms >= 90000`, times], // prettier-ignore
      ];
      test.each(filters)('only calls of %s', async (_, filter, where, values) => {
        const { calls } = await allPages((before) => reports.archive.list(filter, before));
        const expected = await idsOf(where, values);
        expect(calls.map(({ callId }) => callId)).toEqual(expected);
        expect(expected.length).toBeGreaterThan(0);
      });

      test.each(['phone', 'code'] as const)(
        'only calls of one %s, whichever key it was hashed with',
        async (of) => {
          const rows = await database.owner.rows<{ key: string }>(
            `SELECT LOWER(HEX(${of}_key)) AS \`key\` FROM audit_log WHERE ${of}_key IS NOT NULL GROUP BY ${of}_key ORDER BY COUNT(*) DESC LIMIT 2`,
          );
          const keys = rows.map(({ key }) => key);
          const filter = of === 'phone' ? { phoneKeys: keys } : { codeKeys: keys };
          const { calls } = await allPages((before) => reports.archive.list(filter, before));
          expect(calls.map(({ callId }) => callId)).toEqual(
            await idsOf(`${of}_key IN (UNHEX(?), UNHEX(?))`, keys),
          );
          expect(calls.length).toBeGreaterThan(1);
          const none = of === 'phone' ? { phoneKeys: [] } : { codeKeys: [] };
          expect(await reports.archive.list(none)).toEqual({ calls: [], next: null });
        },
      );

      test('a page looks at so many rows and no more, and the next one goes on where it ended', async () => {
        const own = database.endLater(new Database({ url: database.applicationUrl }));
        const limits = { rows: 90, calls: 10 };
        const read: NextPage = (before) =>
          own.run((session) => archive.list(session, { outcome: 'interrupted' }, before, limits));
        const first = await read();
        const looked = await idsOf('TRUE');
        const rare = await idsOf(`outcome = 'interrupted'`);
        const [end] = await database.owner.rows<{ id: number }>(
          'SELECT id FROM audit_log WHERE call_id = ?',
          [looked[89]],
        );
        expect(first.next).toMatchObject({ id: end!.id });
        expect(first.calls.map(({ callId }) => callId)).toEqual(rare.filter((id) => looked.slice(0, 90).includes(id))); // prettier-ignore
        const { calls, pages } = await allPages(read);
        expect(calls.map(({ callId }) => callId)).toEqual(rare);
        expect(pages).toBe(Math.floor(2000 / limits.rows) + 1);
      });

      test('the nodes are those of all calls, and of processes without any', async () => {
        await database.registry.holdNode({ instanceId: randomUUID(), node: 'pbx-0', process: '' });
        const nodes = await reports.archive.nodes();
        expect(nodes.filter((node) => node.startsWith('pbx'))).toEqual(['pbx-0', 'pbx-1', 'pbx-2']);
      });
    });

    test('a call is read with its steps, or without any, or not at all', async () => {
      await database.owner.clear();
      const closing = { outcome: 'hung-up', reason: 'the caller hung up', durationMs: 9000 } as const;
      const callId = await endedCall(database.registry, { ...closing, steps: '[[0,"arrived"],[120,"key"]]' });
      const plain = await endedCall(database.registry, closing);
      expect(await reports.archive.read(callId)).toMatchObject({
        ...{ callId, outcome: 'hung-up', durationMs: 9000, maskedPhone: '+84***5678', batch: null },
        steps: [{ atMs: 0, kind: 'arrived' }, { atMs: 120, kind: 'key' }], // prettier-ignore
      });
      expect(await reports.archive.read(plain)).toMatchObject({ callId: plain, steps: null });
      expect(await reports.archive.read(randomUUID())).toBeNull();
    });

    describe('what happens now', () => {
      let log: AuditLogUnderTest;
      beforeAll(() => void (log = new AuditLogUnderTest(database)));
      beforeEach(() => database.owner.clear());

      test('calls that have just ended count in their minute, and among those of today once they are sealed', async () => {
        const end = (outcome: 'hung-up' | 'operator' | 'limited', reason: string) =>
          endedCall(database.registry, { outcome, reason, durationMs: 1 });
        await end('hung-up', 'the caller hung up');
        await end('operator', 'asked for at the code');
        await end('limited', 'too many mismatches from this phone');
        await end('limited', 'all lines are busy (5 calls in this row)');
        const minute = `${formatUtc(new Date()).slice(0, 16).replace(' ', 'T')}Z`;
        await database.registry.keepMenuCounts('node-1', [
          { minute, event: 'operator', calls: 7 },
          { minute, event: 'left', calls: 9 },
        ]);
        const outcomes = { 'hung-up': 1, operator: 1, limited: 6 };
        const before = await reports.live.read();
        expect(before.today.outcomes).toEqual({});
        expect(before.minutes).toHaveLength(60);
        const sum = (name: 'calls' | 'refused') => before.minutes.reduce((all, each) => all + each[name], 0);
        expect([sum('calls'), sum('refused')]).toEqual([3, 5]);
        expect(before.minutes.slice(0, 50).every(({ calls }) => calls === 0)).toBe(true);
        await log.seal();
        const after = await reports.live.read();
        expect(after.today).toEqual({ outcomes, refused: 5, operators: 8 });
      });

      test('a row without a seal has its age until it is sealed, beside old ones that have theirs', async () => {
        await log.endedCall();
        await log.endedAt(formatUtc(new Date(Date.now() - dayMs)));
        await log.seal();
        await log.endedCall();
        await log.endedAt(formatUtc(new Date(Date.now() - 90_000)));
        const { unsealedMs } = await reports.live.read();
        expect(unsealedMs).toBeGreaterThanOrEqual(90_000);
        expect(unsealedMs).toBeLessThan(dayMs);
        await log.seal();
        expect((await reports.live.read()).unsealedMs).toBe(0);
      });

      test('calls under way stand with their node, masked, oldest first; a lost process says so', async () => {
        const instanceId = await livingInstance(database.registry);
        const opening = {
          instanceId,
          maskedPhone: '+84***5678',
          phoneKey: null,
          identity: 'asserted',
        } as const;
        const callId = randomUUID();
        await database.registry.openCall({ ...opening, callId, channelId: '1763800000.1' });
        const calledBack = randomUUID();
        await database.registry.openCall({ ...opening, callId: calledBack, channelId: 'call-back-1' });
        await database.owner.pool.query(
          'UPDATE calls SET opened_at = opened_at - INTERVAL 5 SECOND WHERE call_id = ?',
          [callId],
        );
        const live = await reports.live.read();
        expect(live.openCalls).toMatchObject([
          { ...{ callId, instanceId, maskedPhone: '+84***5678', identity: 'asserted' }, isCallBack: false },
          { callId: calledBack, isCallBack: true },
        ]);
        expect(live.openCallCount).toBe(2);
        expect(live.at.getTime() - live.openCalls[0]!.openedAt.getTime()).toBeGreaterThanOrEqual(5000);
        expect(live.nodes).toMatchObject([{ instanceId, isLost: false, openCalls: 2 }]);
        await database.owner.pool.query('UPDATE instances SET lost_at = UTC_TIMESTAMP(3), seen_at = seen_at - INTERVAL 90 SECOND'); // prettier-ignore
        const [lost] = (await reports.live.read()).nodes;
        expect(lost).toMatchObject({ isLost: true });
        expect(lost!.seenMsAgo).toBeGreaterThanOrEqual(90_000);
      });

      test('nothing at all is no fault', async () => {
        expect(await reports.live.read()).toMatchObject({
          ...{
            openCalls: [],
            openCallCount: 0,
            nodes: [],
          },
          ...{ outbox: { waiting: 0, dead: 0, oldestWaitingMs: 0 }, unsealedMs: 0 },
        });
      });
    });

    test('a cursor that nobody has given is none', () => {
      for (const text of [
        '',
        '1',
        '2026-11-30 02:15:04.120~',
        '2026-13-40 02:15:04.120~1',
        `2026-11-30 02:15:04.120~1' OR 1`,
      ])
        // prettier-ignore
        expect(readCursor(text)).toBeNull();
    });
  });
}
