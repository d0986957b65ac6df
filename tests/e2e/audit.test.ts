/** The audit log of the hotline that `make run` starts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import { program } from '../../src/cli.ts';
import { closeRegistryDatabase, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { auditOf, callFrom, enterCode } from '../support/machine/phone-call.ts';
import { documentedNames, namesIn } from '../support/documented-names.ts';
import { until } from '../support/until.ts';

afterAll(closeRegistryDatabase);

const audit = (args: string[], input = '') => hotline(['audit', ...args], input);

async function hotline(args: string[], input = ''): Promise<{ code: number; out: string }> {
  const program = spawn(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), ...args], {
    env: { ...process.env, ...hotlineEnvironment() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  program.stdout.on('data', (data) => (out += data));
  program.stdin.end(input);
  const [code] = await once(program, 'close');
  return { code, out };
}

test('a call can be shown by code and by number, is sealed automatically, and the log verifies', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/goodbye');
  await auditOf(citizen.phone);
  await until(async () => (await audit(['show', '--code'], `${citizen.code}\n`)).out.includes('batch '));
  const byCode = await audit(['show', '--code'], `${citizen.code}\n`);
  expect(byCode.out).toMatch(
    /  changed .*  heard, then stored; until [\d: -]+  call \S+  at \S+  batch \d+\n$/,
  );
  expect((await audit(['show', '--phone'], `${citizen.phone}\n`)).out).toBe(byCode.out);
  expect(await audit(['verify'])).toMatchObject({ code: 0, out: expect.stringMatching(/^audit log intact/) });
});

test('the application has no right to change the audit log', async () => {
  const application = createPool({ uri: hotlineEnvironment()['DATABASE_URL']!, connectionLimit: 1 });
  for (const statement of [
    'UPDATE audit_log SET reason = reason',
    'DELETE FROM audit_log',
    'TRUNCATE TABLE audit_seals',
  ]) {
    await expect(application.query(statement)).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' });
  }
  await application.end();
});

test('every --json output is JSON with the names of the documents, and every time in it is ISO 8601 with its zone', async () => {
  const [citizen, caller] = [await newCitizen(), await newCitizen()];
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/goodbye');
  await auditOf(citizen.phone);
  const dead =
    'UPDATE notification_outbox SET delivered_at = NULL, dead_at = UTC_TIMESTAMP(3), last_failure = ?';
  await until(
    async () => (await outboxIsDelivered()) && (await registryDatabase().query(dead, ['no'])) !== null,
  );
  const file = join(mkdtempSync(join(tmpdir(), 'hotline-json-')), 'accounts.csv');
  writeFileSync(file, `bhxh_code,phone\n${citizen.code},${citizen.phone}\n`);
  const asked: Record<string, [words: string[], input?: string]> = {
    'pbx status': [[]],
    'pbx reload': [[]],
    migrate: [[]],
    sounds: [[]],
    report: [['--day', 'today']],
    call: [['--from', caller.phone, '--code', caller.code]],
    simulate: [['--keys', '8 0123456789']],
    doctor: [['--security']],
    outbox: [[]],
    'audit show': [['--phone'], `${citizen.phone}\n`],
    'audit seal': [[]],
    'audit verify': [[]],
    'audit prune': [['--before', '2026-01-01']],
    import: [[file]],
    'user list': [[]],
    'account block': [['--reason', 'stolen SIM'], `${citizen.code}\n`],
    'account allow': [['--reason', 'a new SIM'], `${citizen.code}\n`],
    'account show': [[], `${citizen.code}\n`],
    'account forget': [[], `${citizen.code}\n`],
    drain: [['--within', '0']], // the last one: it ends the application
  };
  expect(Object.keys(asked).sort()).toEqual(commandsWithJson(program).sort());
  let times = 0;
  for (const [name, [words, input]] of Object.entries(asked)) {
    const { code, out } = await hotline([...name.split(' '), '--json', ...words], input);
    expect([name, code]).toEqual([name, 0]);
    const documents = (name === 'audit show' ? out.trim().split('\n') : [out]).map(
      (text) => JSON.parse(text) as unknown,
    );
    const [names, documented] = [namesIn(documents), documentedNames.get(name)!];
    const missing = [...documented].filter((one) => !names.has(one) && !notAlways[name]?.includes(one));
    const unknown = [...names].filter((one) => !documented.has(one));
    expect({ name, missing, unknown }).toEqual({ name, missing: [], unknown: [] });
    for (const [time] of out.matchAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d[^",\s]*/g)) {
      expect([name, time]).toEqual([name, expect.stringMatching(/^[\d-]{10}T[\d:]{8}(\.\d{3})?Z$/)]);
      times++;
    }
  }
  expect(times).toBeGreaterThan(5);
  rmSync(dirname(file), { recursive: true });
  await whenHealthy();
});

/** Names of what there may be none of: steps that were not asked for, batches, waves. */
const notAlways: Readonly<Record<string, readonly string[]>> = {
  'audit show': ['steps', 'atMs', 'kind', 'detail', 'tookMs', 'omitted'],
  'audit seal': ['batch', 'rows', 'seal', 'forged'],
  report: ['usual'],
  call: ['wasRefused'],
  sounds: ['installed', 'reference'],
};

async function outboxIsDelivered(): Promise<boolean> {
  const [rows] = await registryDatabase().query<RowDataPacket[]>(
    'SELECT 1 FROM notification_outbox WHERE delivered_at IS NULL',
  );
  return rows.length === 0;
}

function commandsWithJson(command: Command, above: readonly string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const name = [...above, each.name()];
    const reports = each.options.some(({ long }) => long === '--json');
    return [...(reports ? [name.join(' ')] : []), ...commandsWithJson(each, name)];
  });
}
