/**
 * I6: what callers key, hear and call from stands in the registry, and nowhere else. First every way
 * through branch 8 is gone, then everything the run wrote is searched.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CallsWithSecrets, faults, waysThrough, type Secrets } from '../support/calls-with-secrets.ts';
import { closeRegistryDatabase, registryDatabase } from '../support/citizens.ts';
import { hotlineEnvironment, processOf, runStateDirectory, whenHealthy } from '../support/hotline-under-test.ts';
import { kindsIn, tablesAsText, writtenFiles, type WrittenFile } from '../support/leak-search.ts';
import { pbxConsole, shownOfCalls } from '../support/pbx-console.ts';
import { watchProcesses } from '../support/process-watch.ts';
import type { RowDataPacket } from 'mysql2/promise';

let calls: CallsWithSecrets;
let processesSeen: ReturnType<typeof watchProcesses>;
let loggedAsShipped: string;

/** Levels of Asterisk's log that are not offered: written beside the log as shipped, to know what they would hold. */
const otherLevels = { notice: 'notice', warning: 'warning', verbose: 'verbose(10)' };

/** What one of them wrote. */
function logged(level: string): string {
  return readFileSync(join(runStateDirectory(), `asterisk/log/other-${level}`), 'utf8');
}

beforeAll(async () => {
  await whenHealthy();
  loggedAsShipped = await pbxConsole('logger show channels');
  for (const [name, level] of Object.entries(otherLevels)) await pbxConsole(`logger add channel other-${name} ${level}`);
  processesSeen = watchProcesses();
  calls = await CallsWithSecrets.open();
});

afterAll(async () => {
  for (const name of [...Object.keys(otherLevels), 'debug', 'dtmf']) await pbxConsole(`logger remove channel other-${name}`);
  calls.close();
  await whenHealthy();
  await closeRegistryDatabase();
});

describe('a call is made', () => {
  test.concurrent.each(Object.entries(waysThrough))('%s', (_, way) => way(calls));
  test.each(Object.entries(faults))('%s', (_, fault) => fault(calls));
});

describe('of all these calls', () => {
  test('there is one with every outcome', async () => {
    const [rows] = await registryDatabase().query<({ outcome: string } & RowDataPacket)[]>('SELECT DISTINCT outcome FROM audit_log');
    const outcomes = 'bad-input call-back changed fault hung-up interrupted limited mismatch no-identity no-input not-answered operator';
    expect(rows.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(outcomes.split(' ')));
    const { codes, phones, passwords } = calls.secrets;
    expect(codes.length).toBeGreaterThan(phones.length);
    expect(passwords.length).toBeGreaterThanOrEqual(6);
  });

  test('no code, number or password is in any log or file, but for code and number in the registry', () => {
    const files = writtenFiles().filter(({ name }) => !/\/other-\w+$/.test(name));
    const holding = files.flatMap(({ name, text }) => kindsIn(text, calls.secrets).map((kind) => [name.split('/')[0]!, kind].join(' holds ')));
    // That the database's files are named shows that the search finds what is there.
    expect([...new Set(holding)].sort()).toEqual(['mysql holds codes', 'mysql holds phones']);
    // Not even the digit during which a caller hung up:
    expect(files.filter(({ text }) => text.includes('digits/')).map(({ name }) => name)).toEqual([]);
    const names = files.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['console.log', 'logs/application.log', 'logs/asterisk.log', 'logs/sms.log', 'asterisk/log/messages.log']));
    expect(names.filter((name) => /\bcore\b|\/cdr|\/cel|\/monitor\/.|recording/.test(name))).toEqual([]);
  });

  test('no log holds a request to ARI or a header of a call', () => {
    const logs = writtenFiles().filter(({ name }) => /log$/.test(name));
    for (const { name, text } of logs) expect([name, /\/ari\/[^ ]*\?|sound:|Authorization|P-Asserted|sip:[+\d]/i.exec(text)?.[0]]).toEqual([name, undefined]);
  });

  test('in the database the accounts alone hold code and number, nothing holds the password, and no statement is logged', async () => {
    const tables = await tablesAsText();
    expect(Object.keys(tables)).toEqual(expect.arrayContaining(['accounts', 'audit_log', 'resets', 'notification_outbox', 'code_entries', 'call_backs']));
    const holding = Object.entries(tables).flatMap(([table, text]) => kindsIn(text, calls.secrets).map((kind) => `${table}: ${kind}`));
    expect(holding).toEqual(['accounts: codes', 'accounts: phones']);
    const [logs] = await registryDatabase().query<RowDataPacket[]>(
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('general_log', 'slow_query_log', 'log_bin', 'log_output')",
    );
    expect(Object.fromEntries(logs.map((row) => [row['Variable_name'], row['Value']]))).toMatchObject({
      general_log: 'OFF',
      slow_query_log: 'OFF',
      log_bin: 'OFF',
    });
  });

  test('no process, however short its life, carried them in its arguments or environment', async () => {
    const seen = await processesSeen();
    expect(seen.some((process) => process.arguments.includes('asterisk'))).toBe(true);
    const holding = seen.filter((process) => kindsIn(process.arguments + process.environment, calls.secrets).length > 0);
    expect(holding.map((process) => process.arguments)).toEqual([]);
    const passwords = Object.entries(hotlineEnvironment()).flatMap(([name, value]) => (/PASSWORD|SECRET|KEY/.test(name) ? [value] : []));
    expect(seen.filter((process) => passwords.some((password) => process.arguments.includes(password)))).toEqual([]);
  });

  test("at Asterisk's other levels stands what the documents say, for which they are not offered", () => {
    expect(kindsIn(logged('notice'), calls.secrets)).toEqual([]);
    expect(kindsIn(logged('warning'), calls.secrets)).toEqual([]);
    expect(logged('warning')).toMatch(/Playback failed for sound:digits\/\d/);
    expect(kindsIn(logged('verbose'), calls.secrets)).toEqual(['phones']);
    expect(logged('verbose').match(/Playing 'digits\/\d/g)!.length).toBeGreaterThan(8 * calls.secrets.passwords.length);
  });
});

describe('while a call is up', () => {
  let secrets: Secrets;
  let shown: string;
  let valuesOfFunctions: string[];
  let journal: WrittenFile[];

  beforeAll(async () => {
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    await call.hears('hotline/changed');
    shown = await shownOfCalls();
    journal = writtenFiles().filter(({ name }) => name.startsWith('journal/'));
    valuesOfFunctions = await valuesOverAri('LEN(abc)', 'STAT(e,/etc/passwd)', 'FILE(/etc/passwd)');
    secrets = { ...calls.secrets, passwords: call.digitsHeard().slice(0, 1), codes: [citizen.code], phones: [citizen.phone.slice(1)] };
  });

  test("Asterisk's console shows whose call it is, and neither code nor password in any variable, application or bridge", () => {
    expect(secrets.passwords[0]).toMatch(/^\d{8}$/);
    expect(shown).toContain('Stasis');
    expect(kindsIn(shown, secrets)).toEqual(['phones']);
  });

  test('the journal of calls under way holds neither code, number nor password', () => {
    expect(journal.map(({ text }) => text).join()).toContain('"maskedPhone":"+84');
    for (const { text } of journal) expect(kindsIn(text, secrets)).toEqual([]);
  });

  test('nobody reaches a file through ARI, whatever module an admin loads: live_dangerously is off', () => {
    const [length, ...dangerous] = valuesOfFunctions;
    expect(length).toContain('"value":"3"'); // a function may be asked for
    for (const value of dangerous) expect(value).not.toMatch(/"value":"./);
  });

  test.each([8080, 8088, 8090])('nothing that listens on port %d tells a stranger anything', async (port) => {
    const paths = ['/', '/health', '/status', '/metrics', '/httpstatus', '/ws', '/static/', '/sms', `/${secrets.codes[0]}`];
    const ari = ['channels', 'asterisk/info', 'applications', 'applications/hotline', 'api-docs/resources.json', 'events?app=hotline'].map(
      (path) => `/ari/${path}`,
    );
    for (const path of [...paths, ...ari]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      const told = `${[...answer.headers].join('\n')}\n${await answer.text()}`;
      expect([path, kindsIn(told, secrets)]).toEqual([path, []]);
      if (port === 8088) expect([path, answer.status]).toEqual([path, path.startsWith('/ari/') ? 401 : path === '/ws' ? 426 : 404]);
    }
  });
});

/** What our own ARI user is told of dialplan functions on the channel of a call, with the module loaded that reads files. */
async function valuesOverAri(...functions: string[]): Promise<string[]> {
  const { ARI_URL, ARI_USERNAME, ARI_PASSWORD } = hotlineEnvironment();
  const authorization = `Basic ${Buffer.from(`${ARI_USERNAME!}:${ARI_PASSWORD!}`).toString('base64')}`;
  const get = async (path: string) => (await fetch(`${ARI_URL!}/ari/${path}`, { headers: { authorization } })).text();
  expect(await pbxConsole('module load func_env.so')).toContain('Loaded');
  try {
    const [{ id }] = JSON.parse(await get('channels')) as [{ id: string }];
    const values: string[] = [];
    for (const name of functions) values.push(await get(`channels/${id}/variable?variable=${encodeURIComponent(name)}`));
    return values;
  } finally {
    await pbxConsole('module unload func_env.so');
  }
}

test('dtmf and debug, which the documents forbid, spell code and password', async () => {
  for (const level of ['dtmf', 'debug']) await pbxConsole(`logger add channel other-${level} ${level}`);
  await pbxConsole('core set debug 5');
  const citizen = await calls.citizen();
  const call = await calls.entered(citizen);
  await call.hears('hotline/changed');
  await call.hangUp();
  await pbxConsole('core set debug 0');
  const spelt = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, digit]) => digit).join('');
  expect(spelt(logged('dtmf'), /DTMF end '(\d)' received/g)).toContain(citizen.code);
  expect(spelt(logged('debug'), /END DTMF Frame: \d+ \((\d)\)/g)).toContain(citizen.code);
  expect(spelt(logged('debug'), /play\(sound:digits\/(\d)\)/g)).toContain(call.digitsHeard()[0]);
});

describe('the hotline that runs', () => {
  test('logs errors only, and its Asterisk is not asked for more', async () => {
    const channels = loggedAsShipped.split('\n').filter((line) => /Enabled|Disabled/.test(line));
    // Every console has "verbose" by itself; how much is written there is what the next lines look at.
    expect(channels.map((line) => line.split(' - ')[1]!.trim()).sort()).toEqual(['ERROR', 'ERROR VERBOSE']);
    const settings = await pbxConsole('core show settings');
    for (const name of ['Root console verbosity', 'Debug level', 'Trace level']) expect(settings).toMatch(new RegExp(`${name}: +0\n`));
    expect(settings).toMatch(/Dump core on crash: +No\n/);
    expect(await pbxConsole('pjsip show settings')).toMatch(/ debug +: no\n/);
    expect(readFileSync(`/proc/${processOf('application')}/environ`, 'utf8')).toContain('LOG_LEVEL=debug'); // what was searched was all there is
  });

  test('keeps no call records, and has nothing loaded that records, runs programs or writes files', async () => {
    expect(await pbxConsole('cdr show status')).toMatch(/Logging: +Disabled/);
    expect(await pbxConsole('cel show status')).toMatch(/Logging: +Disabled/);
    const modules = [...(await pbxConsole('module show')).matchAll(/^(\S+)\.so /gm)].map(([, name]) => name!);
    expect(modules).toContain('app_stasis');
    expect(modules.filter((name) => /cdr|cel_|monitor|record|spy|voicemail|_agi|func_(env|shell|curl|odbc|db)|app_system|logger/.test(name))).toEqual([
      'res_stasis_recording', // the ARI modules cannot be loaded without it; the application asks for no recording
    ]);
    const applications = await pbxConsole('core show applications');
    expect(applications).toContain('Stasis:');
    expect(applications).not.toMatch(/\b(System|TrySystem|AGI|MixMonitor|Monitor|Record|ChanSpy|ExternalIVR|DumpChan|Verbose|Log):/);
  });

  test('listens on loopback only, and none of its processes is root or leaves a core file', () => {
    const listening = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
      readFileSync(`/proc/${processOf('pbx')}/net/${protocol}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state]) => state === '0A' || (protocol.startsWith('udp') && state === '07'))
        .map(([, address = '']) => ({ protocol, host: address.split(':')[0]!, port: Number.parseInt(address.split(':')[1]!, 16) })),
    );
    const ports = listening.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port);
    expect([...new Set(ports)].sort((a, b) => a - b)).toEqual([5038, 5060, 8080, 8088, 8090, 13306]);
    // 0100007F is 127.0.0.1; the phones of the tests have addresses beside it.
    expect(listening.filter(({ protocol, host, port }) => !/^0[1-9]00007F$/.test(host) && !(protocol.startsWith('udp') && port >= 32_768))).toEqual([]);
    for (const service of ['application', 'pbx', 'database'] as const) {
      const proc = (file: string) => readFileSync(`/proc/${processOf(service)}/${file}`, 'utf8');
      expect([service, /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(proc('status'))?.slice(1).includes('0')]).toEqual([service, false]);
      expect([service, /^CapEff:\s+(\w+)/m.exec(proc('status'))?.[1]]).toEqual([service, '0000000000000000']);
      expect(proc('limits')).toMatch(/^Max core file size +0 +0 /m);
    }
  });

  test('has files with secrets that no other user can reach', () => {
    const mode = (name: string) => statSync(join(runStateDirectory(), name)).mode & 0o777;
    expect(mode('.') & 0o067).toBe(0); // the application's group may pass, to its own folder
    expect(mode('env')).toBe(0o600);
    expect(mode('asterisk/secrets')).toBe(0o750);
    for (const name of ['ari-user.conf', 'manager-user.conf', 'softphone-auth.conf']) expect(mode(`asterisk/secrets/${name}`)).toBe(0o640);
  });
});
