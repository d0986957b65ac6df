/** What callers hear, and which password they keep, when a part of the hotline dies, freezes or comes back. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { RowDataPacket } from 'mysql2/promise';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';
import { ScriptedAri } from '../support/fakes/scripted-ari.ts';
import { closeRegistryDatabase, logsIn, newCitizen, registryDatabase } from '../support/machine/citizens.ts';
import {
  hotlineEnvironment,
  kill,
  processOf,
  runStateDirectory,
  whenHealthy,
  whenTakingCalls,
} from '../support/machine/hotline-under-test.ts';
import { heardWithinMs, longestSilence } from '../support/machine/longest-silence.ts';
import { auditOf, callFrom, enterCode, said, stepsOf } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

const scripted: ScriptedAri[] = [];
async function scriptedAri(): Promise<ScriptedAri> {
  const ari = await ScriptedAri.start();
  scripted.push(ari);
  return ari;
}

beforeEach(whenHealthy);
afterEach(async () => {
  await Promise.all(scripted.splice(0).map((ari) => ari.stop()));
});
afterAll(async () => {
  await whenHealthy();
  await closeRegistryDatabase();
});

describe('the application', () => {
  test('killed during the first reading: the restarted application apologises, and the old password still works', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.hears(/^digits/);
    await kill('application');
    await call.heardToEnd('hotline/interrupted');
    expect((await call.ended).by).toBe('pbx');
    expect(said(call)).not.toContain('changed');
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'interrupted' }]);
    expect((await stepsOf(citizen.phone)).at(-1)).toBe('says password-intro 8 digits');
    expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  });

  test('killed during the second reading: the new password works', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.hears('hotline/changed');
    await kill('application');
    await call.heardToEnd('hotline/interrupted');
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
    expect((await stepsOf(citizen.phone)).at(-1)).toMatch(/^says changed 8 digits/);
    expect(await logsIn(citizen, call.digitsHeard()[0]!)).toBe(true);
  });

  test('down when a caller presses 8: the dialplan apologises within a second and offers the operator', async () => {
    const call = await callFrom('0912345678');
    await call.hears('hotline/menu');
    await kill('application');
    const pressedAtMs = call.nowMs;
    await call.keys('8');
    const { atMs } = await call.heardToEnd('hotline/unavailable');
    expect(atMs - pressedAtMs).toBeLessThan(1000);
    await call.heardToEnd('hotline/operator-closed');
    await call.heardToEnd('hotline/goodbye');
  });
});

describe('the database', () => {
  test('unreachable when the application starts: the application still starts, apologises, and recovers by itself', async () => {
    const database = processOf('database');
    process.kill(database, 'SIGSTOP');
    try {
      await kill('application');
      await whenTakingCalls();
      const call = await callFrom('0912345678');
      await call.hears('hotline/menu');
      await call.keys('8');
      await call.heardToEnd('hotline/fault');
      await call.hangUp();
    } finally {
      process.kill(database, 'SIGCONT');
    }
    await whenHealthy();
  });

  test('killed before the change is stored: the caller is not told that it was stored, unless it was', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    for (let digit = 1; digit <= 8; digit++) await call.hears(/^digits/);
    await kill('database');
    await call.hears(/hotline\/(changed|fault|fault-unconfirmed)/);
    await call.hangUp();
    await whenHealthy();
    const [spoken] = call.digitsHeard();
    await auditOf(citizen.phone);
    const [hasOld, hasNew] = await Promise.all([
      logsIn(citizen, citizen.oldPassword),
      logsIn(citizen, spoken!),
    ]);
    expect([hasOld, hasNew].filter(Boolean)).toHaveLength(1);
    if (said(call).includes('changed')) expect(hasNew).toBe(true);
    if (said(call).includes('fault')) expect(hasOld).toBe(true);
  });

  test('and the PBX killed right after the caller was told: the new password survives', async () => {
    const citizen = await newCitizen();
    const call = await callFrom(citizen.phone);
    await enterCode(call, citizen.code);
    await call.hears('hotline/changed');
    await Promise.all([kill('database'), kill('pbx')]);
    await call.hangUp(); // no BYE comes from a dead PBX
    const [spoken] = call.digitsHeard();
    await whenHealthy();
    expect(await logsIn(citizen, spoken!)).toBe(true);
    expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  });
});

test('the PBX killed during a call: the application reconnects to the restarted PBX and serves the next caller', async () => {
  const citizen = await newCitizen();
  const lost = await callFrom(citizen.phone);
  await enterCode(lost, citizen.code);
  await lost.hears(/^digits/);
  await kill('pbx');
  await lost.hangUp(); // no BYE comes from a dead PBX
  await whenHealthy();
  expect(await auditOf(citizen.phone)).toHaveLength(1);
  expect(await logsIn(citizen, citizen.oldPassword)).toBe(true);
  const next = await callFrom(citizen.phone);
  await enterCode(next, citizen.code);
  await next.hears('hotline/changed');
  await next.hangUp();
});

/** Runs `hotline serve` with these settings, as a process beside the one that serves. */
function serveBeside(
  settings: NodeJS.Dict<string>,
  port: number,
): ChildProcessByStdio<null, Readable, Readable> {
  const journal = mkdtempSync(join(runStateDirectory(), 'journal-beside-'));
  return spawn(process.execPath, ['src/cli.ts', 'serve'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...hotlineEnvironment(),
      ...{ DATABASE_OWNER_URL: '', LOGIN_DATABASE_URL: '' },
      HTTP_PORT: String(port),
      NODE_NAME: 'beside',
      JOURNAL_DIRECTORY: journal,
      ...settings,
    },
  });
}

/** {@link serveBeside}, until it ends. */
async function startBeside(
  settings: NodeJS.Dict<string>,
  port: number,
): Promise<{ code: number; stderr: string }> {
  const child = serveBeside(settings, port);
  child.stdout.resume();
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number]>]);
  return { code, stderr };
}

/** DATABASE_URL of the hotline under test, with one part changed. */
const databaseUrl = (part: Partial<URL>) =>
  Object.assign(new URL(hotlineEnvironment()['DATABASE_URL']!), part).href;

test('a start that fails, whatever the cause, says what to do, and leaves the process that serves and its call alone', async () => {
  const citizen = await newCitizen();
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.hears(/^digits/);
  const serving = processOf('application');
  const [other, deaf] = [await scriptedAri(), await scriptedAri()];
  const atOther = { ARI_URL: other.url, ARI_USERNAME: other.username, ARI_PASSWORD: other.password };
  deaf.refuseSockets = true;
  const sounds = [...(await loadSoundLengths(join(import.meta.dirname, '../../sounds/vi'))).keys()];
  deaf.answer('GET', /^\/ari\/sounds$/, { status: 200, body: sounds.map((id) => ({ id })) });
  const failing: [settings: NodeJS.Dict<string>, code: number, says: RegExp][] = [
    [{ PASSWORD_LENGTH: '99' }, 2, /PASSWORD_LENGTH has a value that is not allowed: expected 6 to 12/],
    [{ ARI_PASSWORD: 'not-the-password' }, 1, /refused user .* check ARI_USERNAME and ARI_PASSWORD/],
    [atOther, 1, /Asterisk cannot play: .*hotline\/menu/],
    [{ ...atOther, ARI_URL: deaf.url }, 1, /ARI at .* cannot be used/],
    [{ JOURNAL_DIRECTORY: '/proc/journal' }, 1, /JOURNAL_DIRECTORY cannot be written \(ENOENT: /],
    [
      { JOURNAL_DIRECTORY: join(runStateDirectory(), 'journal') },
      1,
      /JOURNAL_DIRECTORY is in use by hotline serve \(process \d+\)/,
    ],
    [
      { HTTP_PORT: '8080' },
      1,
      /127\.0\.0\.1:8080 \(HTTP_HOST, HTTP_PORT\) is in use by .*, which is another hotline serve: stop that one/,
    ],
    [{ DATABASE_URL: databaseUrl({ pathname: '/nothing_here' }) }, 1, /has no right to this database/],
    [{ DATABASE_URL: databaseUrl({ password: 'not-the-password' }) }, 1, /refused the user or the password/],
    [{ NODE_NAME: 'hostname' }, 1, /another process serves as node .* stop that one first/],
  ];
  const ends = await Promise.all(failing.map(([settings], index) => startBeside(settings, 8190 + index)));
  for (const [index, { code, stderr }] of ends.entries()) {
    const [, expectedCode, says] = failing[index]!;
    expect(stderr).toMatch(says);
    expect(code).toBe(expectedCode);
    expect(stderr).not.toMatch(/not-the-password|at .*\.ts:/);
  }
  expect(other.socketsAsked).toBe(0);
  // A database that a newer program has migrated meanwhile. The process that serves has looked already.
  await registryDatabase().query("INSERT INTO schema_version (version, name) VALUES (99, 'newer')");
  const refused = await startBeside({}, 8190);
  await registryDatabase().query('DELETE FROM schema_version WHERE version = 99');
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/its schema is newer \(version 99\)/),
  });
  await call.heardToEnd('hotline/goodbye');
  expect(said(call)).toContain('changed');
  expect(longestSilence(call, 0)).toBeLessThan(heardWithinMs);
  expect(processOf('application')).toBe(serving);
  const [left] = await registryDatabase().query<RowDataPacket[]>(
    "SELECT 1 FROM instances WHERE node = 'beside'",
  );
  expect(left).toEqual([]);
});

test('a start that finds no Asterisk waits for it, says so, and ends when it is told to', async () => {
  const waiting = serveBeside({ ARI_URL: 'http://127.0.0.1:9' }, 8190);
  const ended = once(waiting, 'exit');
  let log = '';
  waiting.stdout.on('data', (data) => (log += data));
  try {
    await until(() => log.includes('Asterisk does not answer; waiting for it'));
    expect(log).toMatch(/cannot be used: GET .ari.asterisk.info: connect ECONNREFUSED/);
    const health = await fetch('http://127.0.0.1:8190/health');
    expect([health.status, await health.json()]).toMatchObject([503, { pbx: false, registry: true }]);
  } finally {
    waiting.kill('SIGTERM');
  }
  expect(await ended).toEqual([0, null]);
});

test('a start that cannot reach the database leaves the callers to the process that serves, and waits', async () => {
  const citizen = await newCitizen();
  const waiting = serveBeside({ DATABASE_URL: databaseUrl({ port: '9' }) }, 8190);
  let log = '';
  waiting.stdout.on('data', (data) => (log += data));
  await until(() => log.includes('another process takes calls; waiting'));
  const call = await callFrom(citizen.phone);
  await enterCode(call, citizen.code);
  await call.heardToEnd('hotline/goodbye');
  expect(said(call)).toContain('changed');
  const ended = once(waiting, 'exit');
  waiting.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
