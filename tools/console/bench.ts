/**
 * Measures what the pages of the console read, on a database of its own with many calls:
 *
 *     node tests/support/engine/with-docker-engine.ts node tools/console/bench.ts --kind mariadb --calls 1000000 --days 30
 *
 * Fills it first, which takes some minutes, and seals it as `hotline serve` does. `--explain` prints how the server goes
 * about each statement.
 */
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { ArchiveFilter } from '../../src/registry/call-archive.ts';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { AuditSealer } from '../../src/mysql/audit/audit-sealer.ts';
import type { Session, Value } from '../../src/mysql/database/session.ts';
import { formatUtc } from '../../src/mysql/database/utc.ts';
import { stepsOf } from '../../src/mysql/reports/figures.ts';
import * as archive from '../../src/mysql/reports/read-archive.ts';
import { readFigures } from '../../src/mysql/reports/read-figures.ts';
import { readLive } from '../../src/mysql/reports/read-live.ts';
import { MysqlReports } from '../../src/mysql/reports/mysql-reports.ts';
import { auditedRegistry, auditKey } from '../../tests/support/engine/audited-calls.ts';
import { RegistryOwner } from '../../tests/support/engine/database-registry.ts';
import { databaseKinds, startDatabase, type DatabaseKind } from '../../tests/support/engine/databases.ts';
import { addLiveState, addManyCalls, addMenuCounts } from '../../tests/support/engine/many-calls.ts';
import { Dice } from '../../src/simulation/dice.ts';

const dayMs = 86_400_000;
const say = (line: string) => void process.stderr.write(`${line}\n`);

const { values: asked } = parseArgs({
  options: {
    kind: { type: 'string', default: 'mariadb' },
    calls: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '50' },
    explain: { type: 'boolean', default: false },
  },
});
const kind = databaseKinds.find((each): each is DatabaseKind => each === asked.kind);
if (kind === undefined) throw new Error(`--kind: expected one of ${databaseKinds.join(', ')}`);
const [calls, days, rounds] = [asked.calls, asked.days, asked.rounds].map(Number) as [number, number, number];

const database = await startDatabase(kind);
try {
  await migrate(database.url, { applicationUrl: database.applicationUrl });
  const owner = new RegistryOwner(database.url);
  const ids = await fill(owner);
  await measure(owner, ids);
  if (asked.explain) await explain(owner, ids);
  await owner.end();
} finally {
  await database.stop();
}

async function fill(owner: RegistryOwner): Promise<string[]> {
  const dice = new Dice(1);
  const until = new Date();
  const filling = performance.now();
  const progress = (added: number) => added % 50_000 === 0 && say(`${added} calls`);
  const ids = await addManyCalls(owner, { calls, days, until, dice, onProgress: progress });
  await addMenuCounts(owner, { days, until, dice });
  const registry = auditedRegistry(database.applicationUrl);
  await addLiveState(owner, registry, dice);
  await registry.end();
  say(`filled in ${seconds(filling)} s`);
  const sealing = performance.now();
  const sealer = new AuditSealer({ url: database.applicationUrl, key: auditKey });
  const batches = await sealer.sealAll();
  await sealer.end();
  const statementMs = (performance.now() - sealing) / batches.length;
  say(`sealed in ${seconds(sealing)} s, ${statementMs.toFixed(1)} ms a batch of a thousand`);
  await owner.pool.query('ANALYZE TABLE audit_log, audit_sealed_rows, audit_seals, call_steps, call_figures, call_day_figures, call_day_lengths, call_hour_totals, menu_counts, menu_hour_counts, menu_day_counts'); // prettier-ignore
  return ids;
}

async function measure(owner: RegistryOwner, ids: readonly string[]): Promise<void> {
  const reports = new MysqlReports({ url: database.applicationUrl });
  const [size] = await owner.rows<{ version: string }>('SELECT VERSION() AS version');
  print(`${size!.version}, ${calls} calls over ${days} days, ${rounds} reads each, ms\n`);
  print('| read | p50 | p99 | max |');
  print('|---|---|---|---|');
  for (const [name, read] of readsOf(reports, await pickSubjects(owner, ids))) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = performance.now();
      await read();
      times.push(performance.now() - start);
    }
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.min(rounds - 1, Math.floor(share * rounds))]!.toFixed(1);
    print(`| ${name} | ${at(0.5)} | ${at(0.99)} | ${at(1)} |`);
  }
  await reports.end();
}

/** Whom the bench looks for. */
interface Subjects {
  readonly callId: () => string;
  readonly phoneKey: string;
  readonly codeKey: string;
}

async function pickSubjects(owner: RegistryOwner, ids: readonly string[]): Promise<Subjects> {
  const dice = new Dice(2);
  const [row] = await owner.rows<Omit<Subjects, 'callId'>>(
    'SELECT LOWER(HEX(phone_key)) AS phoneKey, LOWER(HEX(code_key)) AS codeKey FROM audit_log WHERE phone_key IS NOT NULL AND code_key IS NOT NULL LIMIT 1',
  );
  return { ...row!, callId: () => dice.oneOf(ids) };
}

type Read = readonly [name: string, read: () => Promise<unknown>];

function readsOf({ figures, archive, live }: MysqlReports, { callId, phoneKey, codeKey }: Subjects): Read[] {
  const to = new Date();
  const ago = (length: number) => new Date(to.getTime() - length * dayMs);
  const day = (length: number): Read => [
    `Day, ${length} ${length === 1 ? 'day' : 'days'}`,
    () => figures.read({ from: ago(length), to }),
  ];
  const list = (name: string, filter: ArchiveFilter): Read => [`Calls, ${name}`, () => archive.list(filter)];
  const never = { outcome: 'interrupted', minMs: 3_600_000 } as const;
  return [
    ['Now', () => live.read()],
    ...[1, 3, 30, 90, 400].map(day),
    list('newest', {}),
    list('from the middle', { to: ago(days / 2) }),
    list('a common outcome', { outcome: 'mismatch' }),
    list('a rare outcome', { outcome: 'interrupted' }),
    list('what never was', never),
    list('what never was, from the middle', { ...never, to: ago(days / 2) }),
    list('long ones of one node', { node: 'pbx-2', minMs: 120_000 }),
    list('a phone', { phoneKeys: [phoneKey] }),
    list('a phone, under two keys', { phoneKeys: [phoneKey, '00'.repeat(32)] }),
    list('a code', { codeKeys: [codeKey] }),
    ['One call', () => archive.read(callId())],
    ['Nodes', () => archive.nodes()],
  ];
}

/** How the server goes about each statement of these reads. */
async function explain(owner: RegistryOwner, ids: readonly string[]): Promise<void> {
  const { phoneKey, codeKey, callId } = await pickSubjects(owner, ids);
  let name = '';
  const session: Session = {
    async select<Row extends object>(sql: string, values: readonly Value[]) {
      const plan = await owner.rows<Record<'table' | 'type' | 'key' | 'rows' | 'Extra', string>>(
        `EXPLAIN ${sql}`,
        [...values].map((value) => (/^\d+$/.test(String(value)) ? Number(value) : value)),
      );
      print(`\n${name}: ${sql.replace(/\s+/g, ' ').slice(0, 150)}`);
      for (const { table, type, key, rows, Extra } of plan)
        print(`    ${[table, type, key, rows, Extra].join(' | ')}`);
      return owner.rows<Row>(sql, [...values].map((value) => (/^\d+$/.test(String(value)) ? Number(value) : value))); // prettier-ignore
    },
    change: () => Promise.reject(new Error('a page changes nothing')),
  };
  const run = <T>(work: (session: Session) => Promise<T>) => work(session);
  const to = new Date();
  name = 'Now';
  await readLive(session);
  for (const length of [3, 400]) {
    name = `Day, ${length} days`;
    await readFigures({ run }, stepsOf({ from: new Date(to.getTime() - length * dayMs), to }));
  }
  const before = { closedAt: formatUtc(new Date(to.getTime() - dayMs)), id: calls };
  for (const filter of [
    {},
    { outcome: 'interrupted' },
    { phoneKeys: [phoneKey] },
    { codeKeys: [codeKey] },
  ] as const) {
    name = `Calls, ${Object.keys(filter).join() || 'all'}`;
    await archive.list(session, filter, before);
  }
  name = 'One call';
  await archive.read(session, callId());
  name = 'Nodes';
  await archive.nodes(session);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}
