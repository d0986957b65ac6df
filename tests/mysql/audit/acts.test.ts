/** What users of the console and of the commands did, as rows of the audit log beside those of calls. */
import { randomUUID } from 'node:crypto';
import { readDatabaseFacts } from '../../../src/mysql/database/database-facts.ts';
import { showActs } from '../../../src/mysql/audit/show-acts.ts';
import { showAuditLog } from '../../../src/mysql/audit/show.ts';
import { pruneAuditLog } from '../../../src/mysql/audit/prune.ts';
import type { OfficerAct } from '../../../src/registry/officer-acts.ts';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import { auditKey, endedAt } from '../../support/engine/audited-calls.ts';
import { AuditLogUnderTest } from '../../support/engine/audit-log-under-test.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

const [codeKey, phoneKey] = ['c0'.repeat(32), 'd0'.repeat(32)];

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `acts in the audit log of ${kind}`, (database) => {
    let log: AuditLogUnderTest;
    beforeAll(() => void (log = new AuditLogUnderTest(database)));
    beforeEach(() => database.owner.clear());

    const record = (act: OfficerAct) => database.registry.recordAct(act);
    const signIn = (user = 'lan') => record({ user, what: { kind: 'signed in' } });
    const acts = async (filter: { byUser?: string; codeKeys?: string[]; phoneKeys?: string[] } = {}) => {
      const found: string[] = [];
      await showActs({ databaseUrl: database.applicationUrl, ...filter }, ({ byUser, what }) =>
        found.push(`${byUser}: ${what}`),
      );
      return found;
    };

    test('are sealed, verified and pruned like the rows of calls', async () => {
      await signIn();
      await log.endedCall();
      expect(await log.verify()).toMatchObject({ finding: null, rows: 0, unsealed: 2 });
      await log.seal();
      expect(await log.verify()).toMatchObject({ finding: null, rows: 2, unsealed: 0 });
      await log.owner.clear();
      await signIn();
      await endedAt(database.owner, '2026-01-01 00:00:00.000');
      await log.seal();
      await pruneAuditLog({ ownerUrl: database.url, key: auditKey, before: new Date('2026-01-02') });
      expect(await acts()).toEqual([]);
      expect(await log.finding()).toBeNull();
    });

    test.each([
      ['before it is sealed', false],
      ['after it was sealed', true],
    ])('an act that is laid to somebody else %s is named', async (_, isSealed) => {
      await signIn();
      if (isSealed) await log.seal();
      await log.tamper(`UPDATE audit_log SET by_user = 'minh'`);
      expect(await log.finding()).toMatch(/^row \d+ was (inserted or )?altered/);
    });

    test('are listed by user, with code and phone that were searched, and with those of the call looked at', async () => {
      const callId = randomUUID();
      const opening = { channelId: '1', maskedPhone: '', phoneKey, codeKey };
      await database.registry.closeCall(
        callId,
        { outcome: 'hung-up', reason: 'x', durationMs: 1 },
        {
          callId,
          instanceId: randomUUID(),
          ...opening,
        },
      );
      const filters = { since: '2026-11-25', node: '0912345678', outcome: '' };
      await record({ user: 'lan', what: { kind: 'searched calls by code', filters }, codeKey });
      await record({ user: 'minh', what: { kind: 'looked at call', callId } });
      await record({ user: 'lan', what: { kind: 'looked at call', callId: randomUUID() } });
      const [searched, looked] = [
        'lan: searched calls by code: since 2026-11-25, node …',
        `minh: looked at call ${callId}`,
      ];
      expect(await acts()).toEqual([searched, looked, expect.stringMatching(/^lan: looked at call /)]);
      expect(await acts({ byUser: 'minh' })).toEqual([looked]);
      expect(await acts({ byUser: 'nobody' })).toEqual([]);
      expect(await acts({ codeKeys: [codeKey] })).toEqual([searched, looked]);
      expect(await acts({ byUser: 'minh', phoneKeys: [phoneKey] })).toEqual([looked]);
    });

    test('are no calls: neither shown among them nor counted as endings', async () => {
      await signIn();
      const callId = await log.endedCall();
      const shown: string[] = [];
      const since = new Date('2026-01-01');
      await showAuditLog({ databaseUrl: database.applicationUrl, since }, (call) => shown.push(call.callId));
      expect(shown).toEqual([callId]);
      const { rows } = await readDatabaseFacts(database.applicationUrl);
      expect(rows?.dayEndings).toMatchObject([{ outcome: 'hung-up', number: 1 }]);
    });

    test('a name or a reason that is too long or of other letters is kept as far as it fits', async () => {
      const user = `cli:Nguyễn Văn Đức ${'😀'.repeat(40)}`;
      const what = { kind: 'user added', name: 'ă'.repeat(300), role: 'viewer' } as const;
      await record({ user, what });
      const [act] = await acts();
      expect(act).toMatch(/^cli:Nguyễn Văn Đức 😀+.?: user added: ă+$/u);
      await log.seal();
      expect(await log.verify()).toMatchObject({ finding: null, rows: 1 });
    });

    test('one that cannot be written is refused', async () => {
      const refused = database.openRegistry({ url: 'mysql://x:y@127.0.0.1:1/x', deadlineMs: 500 });
      const act = { user: 'lan', what: { kind: 'signed in' } } as const;
      await expect(refused.recordAct(act)).rejects.toThrow(RegistryUnavailable);
    });

    test('a row of a call names no user, and an act does, or the database refuses it', async () => {
      const columns = 'call_id, closed_at, duration_ms, reason, mac';
      const values = `UUID(), UTC_TIMESTAMP(3), 1, 'x', ''`;
      for (const [outcome, user] of [
        ['officer', null],
        ['fault', 'lan'],
      ])
        await expect(
          log.tamper(`INSERT INTO audit_log (${columns}, outcome, by_user) VALUES (${values}, ?, ?)`, [
            outcome,
            user,
          ]),
        ).rejects.toThrow(/audit_log_act_by_whom/);
    });
  });
}
