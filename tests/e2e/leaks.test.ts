/**
 * Invariant I6 (docs/call-flow.md): what callers key and hear, and the number they call from, are in
 * the registry and nowhere else. Every way through branch 8 is called, then all output is searched.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CallsWithSecrets } from '../support/machine/calls-with-secrets.ts';
import { closeRegistryDatabase, registryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment, runStateDirectory, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { kindsIn, tablesAsText, writtenFiles } from '../support/machine/leak-search.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { watchProcesses } from '../support/machine/process-watch.ts';
import { Scrape } from '../support/machine/scrape.ts';
import { faults, waysThrough } from '../support/machine/ways-through.ts';
import type { RowDataPacket } from 'mysql2/promise';

let calls: CallsWithSecrets;
let processesSeen: ReturnType<typeof watchProcesses>;

/** Log levels that are not offered, logged beside the shipped log to see what they would contain. */
const otherLevels = { notice: 'notice', warning: 'warning', verbose: 'verbose(10)' };

/** Files of the store of prompts (docs/adr/0063-own-recordings.md): its own, and a prompt each. Nobody's call. */
const ofPrompts =
  /^recordings\/(id|lock|compared|marker\.alaw|(live|sets\/\d+)\/(state\.json|(hotline|digits)\/[\w-]+\.(alaw|sln16)))$/;

/** What was logged at one of these levels. */
function logged(level: string): string {
  return readFileSync(join(runStateDirectory(), `asterisk/log/other-${level}`), 'utf8');
}

beforeAll(async () => {
  await whenHealthy();
  for (const [name, level] of Object.entries(otherLevels))
    await pbxConsole(`logger add channel other-${name} ${level}`);
  processesSeen = watchProcesses();
  calls = await CallsWithSecrets.open();
});

afterAll(async () => {
  for (const name of [...Object.keys(otherLevels), 'debug', 'dtmf'])
    await pbxConsole(`logger remove channel other-${name}`);
  calls.close();
  await whenHealthy();
  await closeRegistryDatabase();
});

describe('calls of every kind', () => {
  test.concurrent.each(Object.entries(waysThrough))('%s', (_, way) => way(calls));
  test('of all these the metrics count, and say nothing about anybody', async () => {
    const { text, words } = await Scrape.take();
    expect(text).toMatch(/^hotline_calls_total\{kind="call",outcome="changed"\} [1-9]/m);
    expect(calls.secrets.passwords.length).toBeGreaterThan(0);
    expect(kindsIn(words, calls.secrets)).toEqual([]);
  });
  test.each(Object.entries(faults))('%s', (_, fault) => fault(calls));
});

describe('after all these calls', () => {
  test('every outcome has occurred', async () => {
    const [rows] = await registryDatabase().query<({ outcome: string } & RowDataPacket)[]>(
      'SELECT DISTINCT outcome FROM audit_log',
    );
    const outcomes =
      'bad-input call-back changed fault hung-up interrupted limited mismatch no-identity no-input not-answered operator';
    expect(rows.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(outcomes.split(' ')));
    const { codes, phones, passwords } = calls.secrets;
    expect(codes.length).toBeGreaterThan(phones.length);
    expect(passwords.length).toBeGreaterThanOrEqual(6);
  });

  test('no log or file contains a code, number or password, except code and number in the registry', () => {
    const files = writtenFiles().filter(({ name }) => !/\/other-\w+$/.test(name));
    const holding = files.flatMap(({ name, text }) =>
      kindsIn(text, calls.secrets).map((kind) => [name.split('/')[0]!, kind].join(' holds ')),
    );
    // Finding them in the database's files proves that the search works.
    expect([...new Set(holding)].sort()).toEqual(['mysql holds codes', 'mysql holds phones']);
    // Not even the digit that was playing when a caller hung up. What V8 has compiled names the recordings as the code does:
    const written = files.filter(({ name }) => !name.startsWith('compiled/'));
    expect(written.filter(({ text }) => text.includes('digits/')).map(({ name }) => name)).toEqual([]);
    const names = files.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'console.log',
        'logs/application.log',
        'logs/asterisk.log',
        'logs/sms.log',
        'asterisk/log/messages.log',
      ]),
    );
    const ofCalls = names.filter((name) => !ofPrompts.test(name));
    expect(ofCalls.filter((name) => /\bcore\b|\/cdr|\/cel|\/monitor\/.|recording/.test(name))).toEqual([]);
  });

  test('no log contains a request to ARI or a header of a call', () => {
    const logs = writtenFiles().filter(({ name }) => /log$/.test(name));
    for (const { name, text } of logs)
      expect([name, /\/ari\/[^ ]*\?|sound:|Authorization|P-Asserted|sip:[+\d]/i.exec(text)?.[0]]).toEqual([
        name,
        undefined,
      ]);
  });

  test('in the database only accounts contains code and number, nothing contains the password, and no statement is logged', async () => {
    const tables = await tablesAsText();
    expect(Object.keys(tables)).toEqual(
      expect.arrayContaining([
        'accounts',
        'audit_log',
        'resets',
        'notification_outbox',
        'attempts',
        'call_backs',
      ]),
    );
    const holding = Object.entries(tables).flatMap(([table, text]) =>
      kindsIn(text, calls.secrets).map((kind) => `${table}: ${kind}`),
    );
    expect(holding).toEqual(['accounts: codes', 'accounts: phones']);
    const [logs] = await registryDatabase().query<RowDataPacket[]>(
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('general_log', 'slow_query_log', 'log_bin')",
    );
    expect(Object.fromEntries(logs.map((row) => [row['Variable_name'], row['Value']]))).toMatchObject({
      general_log: 'OFF',
      slow_query_log: 'OFF',
      log_bin: 'OFF',
    });
  });

  test('no process, however short-lived, had them in its arguments or environment', async () => {
    const seen = await processesSeen();
    expect(seen.some((process) => process.arguments.includes('asterisk'))).toBe(true);
    const holding = seen.filter(
      (process) => kindsIn(process.arguments + process.environment, calls.secrets).length > 0,
    );
    expect(holding.map((process) => process.arguments)).toEqual([]);
    const passwords = Object.entries(hotlineEnvironment()).flatMap(([name, value]) =>
      /PASSWORD|SECRET|KEY/.test(name) ? [value] : [],
    );
    expect(
      seen.filter((process) => passwords.some((password) => process.arguments.includes(password))),
    ).toEqual([]);
  });

  test("Asterisk's other log levels contain what the documents say, which is why they are not offered", () => {
    expect(kindsIn(logged('notice'), calls.secrets)).toEqual([]);
    expect(kindsIn(logged('warning'), calls.secrets)).toEqual([]);
    expect(logged('warning')).toMatch(/Playback failed for sound:digits\/\d/);
    expect(kindsIn(logged('verbose'), calls.secrets)).toEqual(['phones']);
    expect(logged('verbose').match(/Playing 'digits\/\d/g)!.length).toBeGreaterThan(
      8 * calls.secrets.passwords.length,
    );
  });
});

test('dtmf and debug, which the documents forbid, spell out code and password', async () => {
  for (const level of ['dtmf', 'debug']) await pbxConsole(`logger add channel other-${level} ${level}`);
  await pbxConsole('core set debug 5');
  const citizen = await calls.citizen();
  const call = await calls.entered(citizen);
  await call.hears('hotline/changed');
  await call.hangUp();
  await pbxConsole('core set debug 0');
  const spelt = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].map(([, digit]) => digit).join('');
  expect(spelt(logged('dtmf'), /DTMF end '(\d)' received/g)).toContain(citizen.code);
  expect(spelt(logged('debug'), /END DTMF Frame: \d+ \((\d)\)/g)).toContain(citizen.code);
  expect(spelt(logged('debug'), /play\(sound:digits\/(\d)\)/g)).toContain(call.digitsHeard()[0]);
});
