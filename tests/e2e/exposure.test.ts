/** What the running hotline reveals: on Asterisk's console, its ports, its files and its processes. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CallsWithSecrets, type Secrets } from '../support/machine/calls-with-secrets.ts';
import { closeRegistryDatabase } from '../support/machine/citizens.ts';
import {
  hotlineEnvironment,
  processOf,
  runStateDirectory,
  whenHealthy,
} from '../support/machine/hotline-under-test.ts';
import { journalFiles, kindsIn, type WrittenFile } from '../support/machine/leak-search.ts';
import { pbxConsole, shownOfCalls } from '../support/machine/pbx-console.ts';

beforeAll(whenHealthy);
afterAll(closeRegistryDatabase);

describe('while a call is up', () => {
  let secrets: Secrets;
  let shown: string;
  let valuesOfFunctions: string[];
  let journal: WrittenFile[];

  beforeAll(async () => {
    const calls = await CallsWithSecrets.open();
    const citizen = await calls.citizen();
    const call = await calls.entered(citizen);
    await call.hears('hotline/changed');
    shown = await shownOfCalls();
    journal = journalFiles();
    valuesOfFunctions = await valuesOverAri('LEN(abc)', 'STAT(e,/etc/passwd)', 'FILE(/etc/passwd)');
    secrets = { ...calls.secrets, passwords: call.digitsHeard().slice(0, 1) };
    calls.close();
  });

  test("Asterisk's console shows who is calling, but no code or password in any variable, application or bridge", () => {
    expect(secrets.passwords[0]).toMatch(/^\d{8}$/);
    expect(shown).toContain('Stasis');
    expect(kindsIn(shown, secrets)).toEqual(['phones']);
  });

  test('the journal of calls in progress contains no code, number or password', () => {
    expect(journal.map(({ text }) => text).join()).toContain('"maskedPhone":"+84');
    for (const { text } of journal) expect(kindsIn(text, secrets)).toEqual([]);
  });

  test('nobody can read a file through ARI, whatever module an admin loads: live_dangerously is off', () => {
    const [length, ...dangerous] = valuesOfFunctions;
    expect(length).toContain('"value":"3"'); // a harmless function works
    for (const value of dangerous) expect(value).not.toMatch(/"value":"./);
  });

  test.each([8080, 8088, 8090, 9464])('port %d reveals nothing to a stranger', async (port) => {
    const paths = [
      '/',
      '/health',
      '/readyz',
      '/status',
      '/metrics',
      '/httpstatus',
      '/ws',
      '/static/',
      '/sms',
      `/${secrets.codes[0]}`,
    ];
    const ari = [
      'channels',
      'asterisk/info',
      'applications',
      'applications/hotline',
      'api-docs/resources.json',
      'events?app=hotline',
    ].map((path) => `/ari/${path}`);
    for (const path of [...paths, ...ari]) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      const told = `${[...answer.headers].join('\n')}\n${await answer.text()}`;
      expect([path, kindsIn(told, secrets)]).toEqual([path, []]);
      if (port === 8088)
        expect([path, answer.status]).toEqual([
          path,
          path.startsWith('/ari/') ? 401 : path === '/ws' ? 426 : 404,
        ]);
    }
  });
});

/** What dialplan functions return to our ARI user on a call's channel, while the module for files is loaded. */
async function valuesOverAri(...functions: string[]): Promise<string[]> {
  const { ARI_URL, ARI_USERNAME, ARI_PASSWORD } = hotlineEnvironment();
  const authorization = `Basic ${Buffer.from(`${ARI_USERNAME!}:${ARI_PASSWORD!}`).toString('base64')}`;
  const get = async (path: string) =>
    (await fetch(`${ARI_URL!}/ari/${path}`, { headers: { authorization } })).text();
  expect(await pbxConsole('module load func_env.so')).toContain('Loaded');
  try {
    const [{ id }] = JSON.parse(await get('channels')) as [{ id: string }];
    const values: string[] = [];
    for (const name of functions)
      values.push(await get(`channels/${id}/variable?variable=${encodeURIComponent(name)}`));
    return values;
  } finally {
    await pbxConsole('module unload func_env.so');
  }
}

describe('the running hotline', () => {
  test('logs errors only, and its Asterisk is not set to log more', async () => {
    const channels = (await pbxConsole('logger show channels'))
      .split('\n')
      .filter((line) => /Enabled|Disabled/.test(line));
    // Every console has "verbose" enabled; the next lines check how much is written there.
    expect(channels.map((line) => line.split(' - ')[1]!.trim()).sort()).toEqual(['ERROR', 'ERROR VERBOSE']);
    const settings = await pbxConsole('core show settings');
    for (const name of ['Root console verbosity', 'Debug level', 'Trace level'])
      expect(settings).toMatch(new RegExp(`${name}: +0\n`));
    expect(settings).toMatch(/Dump core on crash: +No\n/);
    expect(await pbxConsole('pjsip show settings')).toMatch(/ debug +: no\n/);
    // At this level the logs that were searched contained everything.
    expect(readFileSync(`/proc/${processOf('application')}/environ`, 'utf8')).toContain('LOG_LEVEL=debug');
  });

  test('keeps no call records, and has no module loaded that records, runs programs or writes files', async () => {
    expect(await pbxConsole('cdr show status')).toMatch(/Logging: +Disabled/);
    expect(await pbxConsole('cel show status')).toMatch(/Logging: +Disabled/);
    const modules = [...(await pbxConsole('module show')).matchAll(/^(\S+)\.so /gm)].map(([, name]) => name!);
    expect(modules).toContain('app_stasis');
    expect(
      modules.filter((name) =>
        /cdr|cel_|monitor|record|spy|voicemail|_agi|func_(env|shell|curl|odbc|db)|app_system|logger/.test(
          name,
        ),
      ),
    ).toEqual([
      'func_cdr', // switches the records of our calls off where there are any
      'func_db', // counts calls without media: see below
      'res_stasis_recording', // ARI modules do not load without it; the application never records
    ]);
    const applications = await pbxConsole('core show applications');
    expect(applications).toContain('Stasis:');
    expect(applications).not.toMatch(
      /\b(System|TrySystem|AGI|MixMonitor|Monitor|Record|ChanSpy|ExternalIVR|DumpChan):/,
    );
    // A call without media is logged and counted, by its address alone.
    const steps = await pbxConsole('dialplan show');
    expect(steps.match(/\b(Log|Verbose)\(.*/g)).toEqual([
      expect.stringMatching(
        /^Log\(ERROR,A call over \$\{CHANNEL\(endpoint\)\} from \$\{CHANNEL\(pjsip,remote_addr\)\} heard the menu to its end without any key/,
      ),
      expect.stringMatching(/^Log\(ERROR,A call had no media: /),
      expect.stringMatching(
        /^Log\(ERROR,A call from \$\{CHANNEL\(pjsip,remote_addr\)\} had its audio on another line /,
      ),
    ]);
    expect(steps.match(/\bDB\(.*?\)/g)).toEqual([
      'DB(hotline-no-keys/${CHANNEL(endpoint)',
      'DB(hotline/no-media)',
      'DB(hotline/no-media)',
      'DB(hotline/no-media-last)',
      // The counts of the menu: the minute, and what was done.
      'DB(${MINUTE}/${ARG1})',
      'DB(${MINUTE}/${ARG1})',
    ]);
    expect(steps.split('hotline-no-media')[1]).not.toMatch(/CALLERID|KEY/);
  });

  test('listens on loopback but for three ports of Asterisk that answer nothing, and none of its processes is root or leaves a core file', () => {
    const listening = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
      readFileSync(`/proc/${processOf('pbx')}/net/${protocol}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state]) => state === '0A' || (protocol.startsWith('udp') && state === '07'))
        .map(([, address = '']) => ({
          protocol,
          host: address.split(':')[0]!,
          port: Number.parseInt(address.split(':')[1]!, 16),
        })),
    );
    const ports = listening.filter(({ protocol }) => protocol === 'tcp').map(({ port }) => port);
    expect([...new Set(ports)].sort((a, b) => a - b)).toEqual([5038, 5060, 8080, 8088, 8090, 9464, 13306]);
    // 0100007F is 127.0.0.1; the test phones have other loopback addresses. Of the others, two
    // are of the resolver of Asterisk's SIP library, which asks nothing, and from one it reports SIP (res_hep).
    const elsewhere = listening.filter(({ host }) => !/^0[1-9]00007F$/.test(host));
    expect(elsewhere.map(({ protocol, host }) => `${protocol} ${host}`)).toEqual([
      'udp 00000000',
      'udp 00000000',
      `udp6 ${'0'.repeat(32)}`,
    ]);
    for (const { port } of elsewhere) expect(port).toBeGreaterThan(32_767); // the kernel's choice
    for (const service of ['application', 'pbx', 'database'] as const) {
      const proc = (file: string) => readFileSync(`/proc/${processOf(service)}/${file}`, 'utf8');
      expect([
        service,
        /^Uid:\s+(\d+)\s+(\d+)\s+(\d+)/m.exec(proc('status'))?.slice(1).includes('0'),
      ]).toEqual([service, false]);
      expect([service, /^CapEff:\s+(\w+)/m.exec(proc('status'))?.[1]]).toEqual([service, '0000000000000000']);
      expect(proc('limits')).toMatch(/^Max core file size +0 +0 /m);
    }
  });

  test('keeps its secrets in files that no other user can read', () => {
    const mode = (name: string) => statSync(join(runStateDirectory(), name)).mode & 0o777;
    expect(mode('.')).toBe(0o700);
    expect(mode('env')).toBe(0o600);
    expect(mode('asterisk/secrets')).toBe(0o750);
    for (const name of ['ari-user.conf', 'manager-user.conf', 'softphone-auth.conf'])
      expect(mode(`asterisk/secrets/${name}`)).toBe(0o640);
  });
});
