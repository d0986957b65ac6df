/**
 * Times every page, file and search of the console, over HTTP, on a database of its own with many calls; or takes the
 * pictures of docs/console.md from it, in Debian's Chromium:
 *
 *     node tests/support/engine/with-docker-engine.ts node tools/console/pages.ts --calls 1000000 --days 30
 *     node tests/support/engine/with-docker-engine.ts node tools/console/pages.ts --calls 20000 --days 30 --pictures docs/console
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { PasswordChecks } from '../../src/accounts/password-checks.ts';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import { addConsole } from '../../src/console/console.ts';
import { confirmPassword, signIn } from '../../src/console/sign-in.ts';
import { createLogger } from '../../src/logger.ts';
import { openHttpServer } from '../../src/machine/http-server.ts';
import { AuditSealer } from '../../src/mysql/audit/audit-sealer.ts';
import { MysqlConsoleUsers } from '../../src/mysql/console/mysql-console-users.ts';
import { Database } from '../../src/mysql/database/database.ts';
import type { MysqlRegistry } from '../../src/mysql/registry/mysql-registry.ts';
import { MysqlReports } from '../../src/mysql/reports/mysql-reports.ts';
import { LiveRecordings } from '../../src/recordings/own/live-recordings.ts';
import { PromptDesk } from '../../src/recordings/own/prompt-desk.ts';
import { shippedSounds } from '../../src/recordings/sounds-directory.ts';
import { shippedScript } from '../../tests/support/fakes/shipped-script.ts';
import { speechOf, wavOf } from '../../tests/support/recordings/wav.ts';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { openBrowser, Reader } from '../../tests/support/browser/browser.ts';
import { auditedRegistry, auditKey, hashKey } from '../../tests/support/engine/audited-calls.ts';
import { RegistryOwner } from '../../tests/support/engine/database-registry.ts';
import { startDatabase } from '../../tests/support/engine/databases.ts';
import { sampleCalls } from '../../tests/support/console/samples.ts';
import { joinSteps, spellStep, type CallStep } from '../../src/registry/call-steps.ts';
import { addLiveState, addManyCalls, addMenuCounts } from '../../tests/support/engine/many-calls.ts';
import { tableNames } from '../../src/console/day/tables.ts';
import { day } from '../../src/console/times.ts';
import { Dice } from '../../src/simulation/dice.ts';
import { Visitor } from './visitor.ts';

const port = 18_080;
const origin = `http://127.0.0.1:${port}`;
const password = 'bốn con mèo ngồi';
const code = '0123456789';
const phone = '+84912345678';
/** Two hundred calls are of one phone and, where a code was keyed, of one code. */
const sought = {
  codeKey: subjectKey(hashKey, 'code', code),
  phoneKey: subjectKey(hashKey, 'phone', phone),
  calls: 200,
};
const node = 'pbx-1';
const say = (line: string) => void process.stderr.write(`${line}\n`);

const { values: asked } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    days: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '50' },
    pictures: { type: 'string' },
  },
});
const [calls, days, rounds] = [asked.calls, asked.days, asked.rounds].map(Number) as [number, number, number];

const store = mkdtempSync(join(tmpdir(), 'hotline-recordings-'));
const database = await startDatabase('mariadb');
try {
  await migrate(database.url, { applicationUrl: database.applicationUrl });
  const owner = new RegistryOwner(database.url);
  await fill(owner);
  const server = await serveConsole();
  const [reset] = await owner.rows<{ callId: string }>(
    `SELECT call_id AS callId FROM audit_log JOIN call_steps USING (call_id)
     WHERE outcome = 'changed' ORDER BY ABS(duration_ms - 44200) LIMIT 1`,
  );
  if (asked.pictures !== undefined) await keepWholeCourse(owner, reset!.callId);
  await (asked.pictures === undefined
    ? timePages(reset!.callId)
    : takePictures(asked.pictures, placesOf(reset!.callId)));
  await server.close();
  await owner.end();
} finally {
  await database.stop();
  rmSync(store, { recursive: true });
}

async function fill(owner: RegistryOwner): Promise<void> {
  const dice = new Dice(1);
  const until = new Date();
  const onProgress = (added: number) => void (added % 50_000 === 0 && say(`${added} calls`));
  await addManyCalls(owner, { calls, days, until, dice, onProgress, sought });
  await addMenuCounts(owner, { days, until, dice });
  const registry = auditedRegistry(database.applicationUrl);
  if (asked.pictures === undefined) await addLiveState(owner, registry, dice);
  else await addNodes(owner, registry);
  await registry.end();
  const sealer = new AuditSealer({ url: database.applicationUrl, key: auditKey });
  await sealer.sealAll();
  await sealer.end();
  await owner.pool.query('ANALYZE TABLE audit_log, audit_sealed_rows, audit_seals, call_steps, call_figures, call_day_figures, call_hour_totals, menu_counts'); // prettier-ignore
  await owner.pool.query(
    `INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, '$none', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [code, phone],
  );
}

/** Of a call with all that happens in one: what fills a database has fewer steps, all at their share of the length. */
async function keepWholeCourse(owner: RegistryOwner, callId: string): Promise<void> {
  const [{ steps = null } = {}] = sampleCalls();
  const spelt = joinSteps((steps as CallStep[]).map(spellStep));
  await owner.pool.query('UPDATE call_steps SET steps = ? WHERE call_id = ?', [spelt, callId]);
}

/** Two nodes that serve, and a menu in proportion to the calls. */
async function addNodes(owner: RegistryOwner, registry: MysqlRegistry): Promise<void> {
  await owner.pool.query('UPDATE menu_counts SET calls = 1 WHERE MINUTE(minute) % 20 = 0');
  await owner.pool.query('DELETE FROM menu_counts WHERE MINUTE(minute) % 20 <> 0');
  for (const name of [node, 'pbx-2'])
    await registry.holdNode({ instanceId: randomUUID(), node: name, process: '1' });
}

/** As serve-console.ts opens it, without an Asterisk. */
async function serveConsole(): Promise<FastifyInstance> {
  const logger = createLogger({ level: 'error', format: 'pretty' });
  const passwords = new PasswordChecks();
  const pool = new Database({ url: database.applicationUrl, poolSize: 3, deadlineMs: 3000 });
  const users = new MysqlConsoleUsers(pool, { key: auditKey, node });
  for (const [name, role] of [
    ['admin', 'admin'],
    ['lan', 'officer'],
    ['xem', 'viewer'],
  ] as const)
    // prettier-ignore
    await users.addUser({ name, role, passwordHash: await passwords.hash(password) }, 'cli:root');
  const registry = auditedRegistry(database.applicationUrl);
  const { archive, figures, live } = new MysqlReports({ url: database.applicationUrl });
  const places = { directory: store, program: shippedSounds };
  const recordings = await LiveRecordings.open(places, logger);
  const prompts = new PromptDesk(recordings, () => Promise.resolve(true));
  await recordSamples(prompts);
  return openHttpServer({ host: '127.0.0.1', port, trustedProxies: ['127.0.0.1'], logger }, (scope) =>
    addConsole(scope, {
      ...{
        logger,
        users,
        sessions: users,
        passwords,
        archive,
        figures,
        live,
        blocks: registry,
        codes: registry,
        acts: registry,
        prompts,
        readScript: () => Promise.resolve(shippedScript),
      },
      hashKeys: [hashKey],
      signIn: (form) => signIn({ signIns: users, passwords, hashKey }, form),
      confirmPassword: (form) => confirmPassword({ signIns: users, passwords, hashKey }, form),
      process: {
        ...{ instanceId: 'here', node, hasGateway: true, secondsLeft: () => null, drain: () => undefined },
        callsUnderWay: () => [
          { callId: 'a', maskedPhone: '+84***5678', sinceMs: 21_400, step: { atMs: 21_000, kind: 'says', detail: 'password-intro 8 digits' } }, // prettier-ignore
          { callId: 'b', maskedPhone: '+84***0413', sinceMs: 6_100, step: { atMs: 5_900, kind: 'key' } },
        ],
        states: () =>
          Promise.resolve(
            (['ari', 'ami', 'trunk', 'database'] as const).map((part) => ({ part, state: 'up' })),
          ),
      },
    }),
  );
}

/** Two versions by an admin, of which the first is live. */
async function recordSamples(prompts: PromptDesk): Promise<void> {
  const menu = (await prompts.read('menu'))!;
  for (const gain of [0.4, 0.3]) {
    const recording = await prompts.make(menu, wavOf(speechOf('hotline/menu', gain)));
    await prompts.keep(menu, recording, 'admin');
  }
  await prompts.putLive(menu.sound, 1, 'admin');
}

/** A page, and how it is named in the table and as a picture. */
type Place = readonly [name: string, url: string];

function ago(count: number): string {
  return day(new Date(Date.now() - count * 86_400_000));
}

function placesOf(callId: string): Place[] {
  return [
    ['now', '/now'],
    ['figures of 2 days', `/day?from=${ago(2)}&to=${ago(1)}`],
    ['figures', `/day?from=${ago(days - 1)}&to=${ago(0)}`],
    ['calls', '/calls'],
    ['calls, a rare filter', '/calls?outcome=bad-input&min=100'],
    ['call', `/calls/${callId}`],
    ['account', '/account'],
    ['prompts', '/prompts'],
    ['prompt', '/prompts/menu'],
    ['users', '/users'],
  ];
}

/** What an officer can save. */
function filesOf(callId: string): Place[] {
  return [
    ...tableNames.map((table): Place => [
      `figures, ${table}.csv`,
      `/day.csv?table=${table}&from=${ago(days - 1)}&to=${ago(0)}`,
    ]),
    ['call, timeline.svg', `/calls/${callId}/timeline.svg`],
  ];
}

async function timePages(callId: string): Promise<void> {
  say(`${calls} calls over ${days} days, ${rounds} requests each`);
  process.stdout.write('| page | p50 ms | p99 ms | max ms | kB |\n|---|---|---|---|---|\n');
  for (const [name, url] of [...placesOf(callId), ...filesOf(callId)])
    await timeOne(name, (visitor) => visitor.get(url));
  for (const [kind, sought] of [
    ['code', code],
    ['phone', phone],
  ] as const)
    await timeOne(`calls, searched by ${kind}`, (visitor) => visitor.send('/calls/search', { kind, sought }), '/calls'); // prettier-ignore
  await timeOne('account, looked up', (visitor) => visitor.send('/account', { code }), '/account');
}

/** @param form the page whose form is sent; it is asked for before, untimed */
async function timeOne(
  name: string,
  ask: (visitor: Visitor) => Promise<Buffer>,
  form?: string,
): Promise<void> {
  const visitor = new Visitor(origin);
  await visitor.signIn('admin', password);
  if (form !== undefined) await visitor.get(form);
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    bytes = (await ask(visitor)).byteLength;
    times.push(performance.now() - start);
  }
  times.sort((one, other) => one - other);
  const timeAt = (share: number) => times[Math.min(rounds - 1, Math.floor(share * rounds))]!.toFixed(1);
  process.stdout.write(
    `| ${name} | ${timeAt(0.5)} | ${timeAt(0.99)} | ${timeAt(1)} | ${(bytes / 1000).toFixed(1)} |\n`,
  );
}

async function takePictures(folder: string, places: readonly Place[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const browser = await openBrowser();
  const { page, ...reader } = await openReader(browser);
  const picture = async (name: string) => {
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: name !== 'calls' });
    say(name);
  };
  for (const [name, url] of places.filter(([name]) => /^[a-z]+$/.test(name) && name !== 'account')) {
    await page.goto(url);
    await picture(name);
  }
  await page.goto('/account');
  await page.fill('#code', code);
  await page.click('form[action="/account"] button');
  await page.check('input[value="blocked"]');
  await page.fill('#reason', 'mất SIM, đã xem CCCD tại quầy');
  await page.click('form[action="/account/change"] button');
  await picture('account');
  await reader.context.close();
  await browser.close();
}

async function openReader(browser: Awaited<ReturnType<typeof openBrowser>>): Promise<Reader> {
  const reader = await Reader.open(browser, origin, { width: 1280, height: 900 });
  await reader.signIn('admin', password);
  return reader;
}
