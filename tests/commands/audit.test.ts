import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import {
  auditKey,
  changedCall,
  endedAt,
  endedCall,
  hashKey,
  livingInstance,
} from '../support/engine/audited-calls.ts';
import { RegistryOwner } from '../support/engine/database-registry.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { runHotline } from '../support/engine/run-hotline.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

describeWithRegistry('mariadb', 'hotline audit', (database) => {
  beforeEach(() => database.owner.clear());

  const audit = (args: string[], input?: string, changed?: NodeJS.ProcessEnv) =>
    runHotline(database, ['audit', ...args], input, changed);

  /** A call in which this code was keyed, as limits across calls record it. */
  async function callAbout(code: string, phone: string, reason: string): Promise<string> {
    const callId = randomUUID();
    const [phoneKey, codeKey] = [subjectKey(hashKey, 'phone', phone), subjectKey(hashKey, 'code', code)];
    await database.registry.openCall({
      callId,
      instanceId: await livingInstance(database.registry),
      channelId: '1',
      maskedPhone: '+84***5678',
      phoneKey,
      identity: 'contradictory',
    });
    const keyed = { attemptId: randomUUID(), callId, phoneKey, codeKey };
    await database.registry.checkAttempt({ ...keyed, bhxhCode: code, phone });
    await database.registry.closeCall(callId, { outcome: 'mismatch', reason, durationMs: 41_300 });
    return callId;
  }

  test('show names the branch of a call that was in another than the resets, and --json that of every call', async () => {
    const opening = { callId: randomUUID(), channelId: '1', maskedPhone: '', phoneKey: null };
    const instanceId = await livingInstance(database.registry);
    await database.registry.openCall({ ...opening, instanceId, branch: 'office-hours' });
    const reason = 'to the end of the branch';
    await database.registry.closeCall(opening.callId, { outcome: 'served', reason, durationMs: 9000 });
    const { out } = await audit(['show', '--since', '2026-01-01']);
    expect(out).toMatch(`to the end of the branch; branch office-hours  call ${opening.callId}`);
    const { out: json } = await audit(['show', '--since', '2026-01-01', '--json']);
    expect(JSON.parse(json)).toMatchObject({ branch: 'office-hours', outcome: 'served' });
  });

  test('seal and verify print what they did and what to note; a noted seal is checked', async () => {
    await endedCall(database.registry);
    expect(await audit(['verify'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^audit log intact: 0 rows in batches 1 to 0, 1 not sealed yet/),
    });
    const sealed = await audit(['seal']);
    expect(sealed.out).toMatch(/^batch 1: 1 row, seal 1:[0-9a-f]{64}\n$/);
    expect((await audit(['seal'])).out).toBe('nothing to seal\n');
    const noted = /1:[0-9a-f]{64}/.exec(sealed.out)![0];
    expect(await audit(['verify', '--noted', noted])).toMatchObject({
      code: 0,
      out: expect.stringContaining(noted),
    });
    expect(await audit(['verify', '--noted', noted.replace('1:', '2:')])).toMatchObject({
      code: 5,
      out: expect.stringContaining('the newest seals were removed'),
    });
    expect(await audit(['verify', '--noted', 'nonsense'])).toMatchObject({ code: 2 });
    const report = JSON.parse((await audit(['verify', '--json'])).out);
    expect(report).toMatchObject({ intact: true, finding: null, rows: 1, unsealed: 0, head: { batch: 1 } });
  });

  test('verify names an altered row and exits with 5', async () => {
    await endedCall(database.registry);
    await audit(['seal']);
    await database.owner.pool.query(`UPDATE audit_log SET outcome = 'operator'`);
    expect(await audit(['verify'])).toMatchObject({
      code: 5,
      out: expect.stringMatching(/^audit log broken: row \d+ was altered\n/),
    });
  });

  test('an unreachable database is a failure, not a broken log', async () => {
    const program = spawn(process.execPath, [cli, 'audit', 'verify'], {
      env: { ...process.env, DATABASE_URL: 'mysql://x:secret-pw@127.0.0.1:1/x', AUDIT_KEY: auditKey },
    });
    expect((await once(program, 'close'))[0]).toBe(1);
  });

  test('show finds the calls of a code or a phone read from standard input, and prints neither', async () => {
    const [code, phone] = ['0012345678', '+84912345678'];
    const callId = await callAbout(code, phone, 'no entries left');
    await callAbout('7900000001', '+84987654321', 'somebody else');
    for (const [option, input] of [
      ['--code', `${code}\n`],
      ['--phone', '0912 345 678\n'],
    ] as const) {
      const { code: exit, out, err } = await audit(['show', option], input);
      expect(exit).toBe(0);
      expect(out).toMatch(
        new RegExp(
          String.raw`^\S+ \S+ \+07:00  mismatch     \+84\*\*\*5678     contradictory {4}41\.3 s  no entries left; 1 mismatch  call ${callId}  at node-1  not sealed yet\n$`,
        ),
      );
      expect(err).toBe('1 call\n');
      expect(out + err).not.toMatch(/0012345678|912345678|912 345/);
    }
    const { out: json } = await audit(['show', '--json', '--code'], `${code}\n`);
    expect(JSON.parse(json)).toMatchObject({ callId, outcome: 'mismatch', identity: 'contradictory' });
    expect(await audit(['show', '--code', '--phone'], `${code}\n0987654321\n`)).toMatchObject({
      out: '',
      err: 'no calls found\n',
    });
  });

  test('show says until when a changed password is valid: as the account does, for the login', async () => {
    const account = { bhxhCode: '0012345678', phone: '+84912345678', passwordHash: '$argon2id$old' };
    const id = await database.owner.addAccount(account);
    await changedCall(database.registry, id, account.phone, 600_000);
    await database.owner.pool.query(
      `UPDATE audit_log SET closed_at = '2026-11-25 08:03:22.031', valid_until = '2026-11-25 08:13:30.999'`,
    );
    expect((await audit(['show', '--since', '2026-11-25'])).out).toContain(
      '  heard, then stored; until 15:13:30  call ',
    );
    await database.owner.pool.query(`UPDATE audit_log SET valid_until = '2026-11-25 17:03:00.000'`);
    const { out } = await audit(['show', '--since', '2026-11-25']);
    expect(out).toContain('  heard, then stored; until 2026-11-26 00:03:00  call ');
    await database.owner.pool.query('UPDATE audit_log SET valid_until = NULL');
    expect((await audit(['show', '--since', '2026-11-25'])).out).toContain(
      '  heard, then stored; does not expire  ',
    );
  });

  test('show says what a caller had keyed, or not, before they hung up', async () => {
    const hangUp = async (silences: number, incompleteCodes: number) => {
      const ending = { outcome: 'hung-up', reason: 'the caller hung up', durationMs: 9000 } as const;
      await database.registry.closeCall(randomUUID(), {
        ...ending,
        unchecked: { silences, incompleteCodes },
      });
    };
    await hangUp(0, 0);
    await hangUp(1, 2);
    const { out } = await audit(['show', '--since', '2026-01-01']);
    expect(out).toContain('  the caller hung up  call ');
    expect(out).toContain('  the caller hung up; 2 incomplete codes; 1 silence  call ');
    const json = (await audit(['show', '--json', '--since', '2026-01-01'])).out;
    expect(json).toContain('"silences":0,"incompleteCodes":0');
    expect(json).toContain('"silences":1,"incompleteCodes":2');
  });

  test('show finds calls that were recorded under an earlier HASH_KEY', async () => {
    const [code, phone] = ['0012345678', '+84912345678'];
    const callId = await callAbout(code, phone, 'no match');
    const show = async (before: string) => {
      const changed = { HASH_KEY: 'd4'.repeat(32), HASH_KEYS_BEFORE: before };
      return (await audit(['show', '--json', '--code', '--phone'], `${code}\n${phone}\n`, changed)).out;
    };
    expect(JSON.parse(await show(`${'e5'.repeat(32)},${hashKey}`))).toMatchObject({ callId });
    expect(await show('')).toBe('');
  });

  test('show finds by either code of a person the calls in which either was keyed, and who looked for them', async () => {
    const [bhxhCode, personalId, phone] = ['0012345678', '001090000001', '+84912345678'];
    const early = await callAbout(personalId, phone, 'before the import');
    const id = await database.owner.addAccount({ bhxhCode, phone, passwordHash: '$x$' });
    await database.owner.addCode(id, personalId);
    const late = await callAbout(bhxhCode, phone, 'after it');
    await callAbout('0012345679', phone, 'of somebody else');
    for (const code of [bhxhCode, personalId]) {
      const { out } = await audit(['show', '--code'], `${code}\n`);
      expect(out.match(/(?<=call )[0-9a-f-]{36}/g)).toEqual([early, late]);
    }
  });

  test('show finds both rows of a call-back by code and by phone: the call that was told to hang up, and the call-back itself', async () => {
    const [code, phone] = ['0012345678', '+84912345678'];
    const promised = await callAbout(code, phone, 'told to answer');
    const called = randomUUID();
    const [phoneKey, codeKey] = [subjectKey(hashKey, 'phone', phone), subjectKey(hashKey, 'code', code)];
    await database.registry.openCall({
      callId: called,
      instanceId: await livingInstance(database.registry),
      channelId: '1',
      maskedPhone: '+84***5678',
      phoneKey,
      codeKey,
      takesPlace: false,
    });
    await database.registry.closeCall(called, {
      outcome: 'not-answered',
      reason: 'busy',
      durationMs: 12_000,
    });
    for (const [option, input] of [
      ['--code', code],
      ['--phone', phone],
    ] as const) {
      const { out } = await audit(['show', option], `${input}\n`);
      expect(out.match(/(?<=call )[0-9a-f-]{36}/g)).toEqual([promised, called]);
    }
  });

  test('show finds the calls of a day, minute or second of Vietnam, both ends of it included', async () => {
    await endedCall(database.registry);
    await database.owner.pool.query(`UPDATE audit_log SET closed_at = '2026-11-24 17:00:00.000'`);
    const found = async (...args: string[]) => (await audit(['show', ...args])).out.split('\n').length - 1;
    expect(await found('--since', '2026-11-25', '--until', '2026-11-25')).toBe(1);
    expect(await found('--since', '2026-11-25T00:00', '--until', '2026-11-25T00:00')).toBe(1);
    expect(await found('--until', '2026-11-24')).toBe(0);
    expect(await found('--since', '2026-11-24T17:00:01Z')).toBe(0);
    const { out } = await audit(['show', '--since', '2026-11-25']);
    expect(out).toMatch(/^2026-11-25 00:00:00 \+07:00  hung-up /);
    expect(JSON.parse((await audit(['show', '--json', '--since', '2026-11-25'])).out)).toMatchObject({
      closedAt: '2026-11-24T17:00:00.000Z',
    });
    expect(await audit(['show'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected --by, --code, --phone, --since or --until'),
    });
  });

  test('show says with --steps what happened in each call, and that none were kept', async () => {
    const [callId] = [await endedCall(database.registry), await endedCall(database.registry)];
    const steps = '[[0,"arrived"],[1200,"key"],[1300,"key"],[1320,"code","match",9]]';
    await database.registry.keepSteps([{ callId, steps }]);
    const { out } = await audit(['show', '--since', '2026-01-01', '--steps']);
    expect(out.split('\n').map((line) => line.replace(/^\d.*  hung-up .*/, 'the call'))).toEqual([
      'the call',
      '     0.0 s  caller    arrived',
      '     1.2 s  caller    keys ••',
      '     1.3 s  database  code match, 9 ms',
      'the call',
      '  its steps were not kept, or are deleted by now',
      '',
    ]);
    const json = (await audit(['show', '--since', '2026-01-01', '--steps', '--json'])).out.trim().split('\n');
    expect(json.map((line) => (JSON.parse(line) as { steps: unknown }).steps)).toEqual([
      expect.arrayContaining([{ atMs: 1320, kind: 'code', detail: 'match', tookMs: 9 }]),
      null,
    ]);
  });

  test('show says with --steps of a changed call that has just ended that they are being saved', async () => {
    const account = { bhxhCode: '0012345678', phone: '+84912345678', passwordHash: '$argon2id$old' };
    await changedCall(database.registry, await database.owner.addAccount(account));
    const { out } = await audit(['show', '--since', '2026-01-01', '--steps']);
    expect(out).toContain('its steps are being saved: ask again in a few seconds');
  });

  test("an officer's database user, made as docs/operating.md says, reads the calls and nothing else", async () => {
    const operating = readFileSync(join(import.meta.dirname, '../../docs/operating.md'), 'utf8');
    const [, statements = ''] = /### An officer without root\n[^]*?```sql\n([^]*?)```/.exec(operating) ?? [];
    await database.administer(statements.replaceAll('127.0.0.1', '%'));
    const url = database.url.replace(/hotline:\w+@/, 'hotline_officer:a-third-password@');
    await endedCall(database.registry);
    const byTime = ['show', '--since', '2026-01-01', '--steps'];
    expect(await audit(byTime, '', { DATABASE_URL: url, HASH_KEY: '' })).toMatchObject({
      code: 0,
      out: expect.stringContaining('its steps were not kept'),
      err: '1 call\n',
    });
    const officer = database.endLater(new RegistryOwner(url));
    for (const statement of ['SELECT phone FROM accounts', 'DELETE FROM audit_log', 'SELECT * FROM attempts'])
      await expect(officer.rows(statement)).rejects.toMatchObject({
        code: expect.stringMatching(/^ER_(TABLE|COLUMN)ACCESS_DENIED_ERROR$/),
      });
    const bhxhCode = '0012345678';
    const account = { bhxhCode, phone: '+84912345678', passwordHash: '$x$' };
    await database.owner.addCode(await database.owner.addAccount(account), '001090000001');
    const callId = await callAbout(bhxhCode, account.phone, 'no match');
    const asked = await audit(['show', '--json', '--code'], '001090000001\n', { DATABASE_URL: url });
    expect(JSON.parse(asked.out)).toMatchObject({ callId });
  });

  test('prune prints what it removed', async () => {
    await endedCall(database.registry);
    await endedAt(database.owner, '2020-01-01 00:00:00.000');
    await audit(['seal']);
    expect(await audit(['prune', '--before', '2021-01-01'])).toMatchObject({
      code: 0,
      out: '1 row in 1 batch removed; the log begins after batch 1\n',
    });
    expect(await audit(['verify'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('batches up to 1 were pruned'),
    });
    expect(await audit(['prune', '--before', '2999-01-01'])).toMatchObject({ code: 2 });
  });
});
