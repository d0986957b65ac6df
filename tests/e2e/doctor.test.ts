/** `hotline doctor`, with and without `--security`, on the hotline as shipped and with weaker settings. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Ami } from '../../src/asterisk/ami/ami.ts';
import { AriHttp } from '../../src/asterisk/ari/ari-http.ts';
import { reportFindings } from '../../src/commands/doctor.ts';
import { examineSecurity, examineService, type DoctorOptions } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { readPbxFacts, type PbxFacts } from '../../src/doctor/pbx-facts.ts';
import { shippedPbx } from '../doctor/shipped-pbx.ts';
import { hotlineEnvironment, runStateDirectory, whenHealthy } from '../support/machine/hotline-under-test.ts';

beforeEach(whenHealthy);

function options(changes: Partial<DoctorOptions> = {}): DoctorOptions {
  const environment = hotlineEnvironment();
  return {
    ariUrl: environment['ARI_URL']!,
    databaseUrl: environment['DATABASE_URL']!,
    databasePoolSize: 20,
    recordings: join(runStateDirectory(), 'recordings'),
    smsGatewayUrl: environment['SMS_GATEWAY_URL']!,
    gateway: { url: environment['SMS_GATEWAY_URL']!, deadlineMs: 5000 },
    httpHost: '127.0.0.1',
    metricsHost: '127.0.0.1',
    httpPort: 8080,
    amiHost: '127.0.0.1',
    limits: { MISMATCHES_PER_PHONE_HOUR: { value: 5, shipped: 5 } },
    passwordValidMinutes: 10,
    hashKey: environment['HASH_KEY']!,
    hashKeysBefore: [],
    auditKeysBefore: [],
    auditKey: environment['AUDIT_KEY']!,
    callBack: 'risk',
    maxCalls: 200,
    ami: {
      host: '127.0.0.1',
      port: 5038,
      username: environment['AMI_USERNAME']!,
      password: environment['AMI_PASSWORD']!,
    },
    ari: {
      url: environment['ARI_URL']!,
      username: environment['ARI_USERNAME']!,
      password: environment['ARI_PASSWORD']!,
      application: 'hotline',
    },
    secretPlaces: [join(runStateDirectory(), 'env'), join(runStateDirectory(), 'asterisk/secrets')],
    settingsFiles: [join(runStateDirectory(), 'env')],
    ...changes,
  };
}

const wrong = (findings: readonly Finding[]) =>
  findings.filter(({ verdict }) => verdict === 'danger' || verdict === 'unknown');
const titles = (findings: readonly Finding[]) => findings.map(({ title }) => title);

test('--security finds no danger in the hotline as shipped, and has checked everything', async () => {
  const findings = await examineSecurity(options());
  expect(wrong(findings)).toEqual([]);
  // Programs know a check by its title.
  expect(titles(findings).filter((title, index, all) => all.indexOf(title) !== index)).toEqual([]);
  expect(titles(findings)).toEqual(
    expect.arrayContaining([
      'identity of trunk',
      'identity of 6001',
      'identity of 6002',
      'what callers of trunk can reach',
      'call-back',
      'Asterisk version',
      'ARI on loopback',
      'AMI on loopback',
      'rights of the AMI user',
      'live_dangerously',
      "levels of Asterisk's log",
      'call detail records',
      'recording and program modules',
      'demo softphones',
      'taking over calls',
      'keys counted once',
      'calls that Asterisk takes',
      'RTP ports',
      'audit log closed to the application',
      'sealing of the audit log',
      'audit log',
      'limits',
      'keys',
      'password hash',
      'files with secrets',
      'user of Asterisk',
      'user of the database',
      'user of the application',
      "login of the schema's owner",
      'internal ports',
      'Node version',
      'pinned packages',
    ]),
  );
  // As shipped for development: call-backs go to the test phone, and the SMS receiver is on this machine.
  // What the machine does with core dumps and its clock is its owner's, and that of a checkout is its owner's process.
  const ofThisMachine = ['where core dumps go', 'core dumps of programs that were root', 'clock of this machine', "login of the schema's owner"]; // prettier-ignore
  expect(
    titles(findings.filter(({ verdict }) => verdict === 'warning')).filter(
      (title) => !ofThisMachine.includes(title),
    ),
  ).toEqual(['call-back', 'SMS gateway']);
});

test('without --security it says whether a caller would be served; as shipped, they would', async () => {
  const findings = await examineService(options());
  expect(wrong(findings)).toEqual([]);
  expect(titles(findings)).toEqual(
    expect.arrayContaining([
      'application',
      'application at Asterisk',
      'menu, branch 8 and operator',
      'modules for what is configured',
      'call-back',
      'registry',
    ]),
  );
});

test('the running Asterisk reports what its files say, so the other tests of the doctor use the shipped PBX', async () => {
  // Asterisk orders things its own way, except the steps of one extension, and modules add their own contexts.
  const comparable = ({ dialplan, endpoints, logs, modules, files, ...others }: PbxFacts) => ({
    ...others,
    version: '',
    leaseSecondsLeft: null, // it runs down while it is read
    clockAheadMs: 0, // each look measures another
    ariAnswerMs: 2, // likewise
    waitingMinutes: [], // callers are in the menu meanwhile
    dialplan: Object.groupBy(
      dialplan.filter(({ context }) => shippedPbx.dialplan.some((step) => step.context === context)),
      ({ context, extension }) => `${context} ${extension}`,
    ),
    // Not those of the phone in the browser, which are there with `make run` only.
    endpoints: new Map(
      endpoints
        .filter(({ name }) => !name.startsWith('browser-'))
        .map((endpoint) => [endpoint.name, endpoint]),
    ),
    logs: new Set(logs),
    modules: new Set(modules.filter((name) => shippedPbx.modules.includes(name))),
    files: { ...files, 'manager.conf': files['manager.conf'].get('general') },
    rights: files['manager.conf'].get('hotline')?.get('write'),
  });
  expect(comparable(await readPbxFacts(options()))).toEqual(comparable(shippedPbx));
});

test('a log channel that records keys, added on the console of the running Asterisk, is found', async () => {
  const { url, username, password } = options().ari;
  const ari = new AriHttp({ url, username, password, deadlineMs: 5000, maxSockets: 1 });
  await ari.send('POST', '/ari/asterisk/logging/doctor-test?configuration=dtmf');
  try {
    expect(wrong(await examineSecurity(options()))).toMatchObject([
      { title: "levels of Asterisk's log", detail: expect.stringContaining('dtmf') },
    ]);
  } finally {
    await ari.send('DELETE', '/ari/asterisk/logging/doctor-test');
    ari.close();
  }
  expect(wrong(await examineSecurity(options()))).toEqual([]);
});

test('a module that a step of the dialplan needs, unloaded from the running Asterisk, is missed', async () => {
  const { url, username, password } = options().ari;
  const ari = new AriHttp({ url, username, password, deadlineMs: 5000, maxSockets: 1 });
  const place = '/ari/asterisk/modules/func_hangupcause.so';
  await ari.send('DELETE', place);
  try {
    expect(wrong(await examineService(options()))).toMatchObject([
      {
        title: 'modules for what is configured',
        detail: expect.stringMatching(/^missing: func_hangupcause\.so \(HANGUPCAUSE/),
      },
    ]);
  } finally {
    await ari.send('POST', place);
    ari.close();
  }
});

test('a step that lets callers of the trunk dial out, added to the running dialplan, is found', async () => {
  const ami = await Ami.connect(options().ami);
  const place = { Context: 'hotline-site-branches', Extension: '1' };
  await ami.action({
    Action: 'DialplanExtensionAdd',
    ...place,
    Priority: '1',
    Application: 'Dial',
    ApplicationData: 'PJSIP/${CALLERID(num)}@trunk-out',
  });
  try {
    const findings = wrong(await examineSecurity(options()));
    expect(findings).toMatchObject([
      {
        title: 'what callers of trunk can reach',
        detail: '[hotline-site-branches] Dial(PJSIP/${CALLERID(num)}@trunk-out)',
      },
    ]);
  } finally {
    await ami.action({ Action: 'DialplanExtensionRemove', ...place });
    ami.close();
  }
});

test("settings weaker than shipped, unencrypted connections, open files and the schema owner as the application's user are named, with what to change", async () => {
  const owner = hotlineEnvironment()['DATABASE_OWNER_URL']!;
  const findings = await examineSecurity(
    options({
      smsGatewayUrl: '',
      limits: { MISMATCHES_PER_PHONE_HOUR: { value: 900, shipped: 5 } },
      ariUrl: 'http://192.0.2.1:8088',
      databaseUrl: owner,
      secretPlaces: ['/etc/hostname'],
    }),
  );
  expect(titles(wrong(findings))).toEqual([
    "rights of the application's database user",
    'audit log closed to the application',
    'connection to ARI',
    'limits',
    'files with secrets',
  ]);
  for (const { verdict, change } of findings) expect(change === undefined).toBe(verdict === 'ok');
});

test('a PBX, a database and an application that are unreachable are findings and do not end the examination', async () => {
  const away = options({
    ami: { ...options().ami, password: 'wrong-password', deadlineMs: 2000 },
    databaseUrl: 'mysql://nobody:secret-word@127.0.0.1:1/hotline',
    httpPort: 1,
    gateway: { url: 'https://localhost:1', deadlineMs: 2000 },
  });
  expect(wrong(await examineSecurity(away))).toMatchObject([
    { title: 'Asterisk', verdict: 'unknown' },
    { title: 'database', verdict: 'unknown' },
  ]);
  expect(titles(wrong(await examineService(away)))).toEqual([
    'application',
    'Asterisk',
    'way to the SMS gateway',
    'database',
  ]);
  expect(await reportFindings(away, { security: false, json: false })).toBe(5);
});

test.each(['doctor', 'doctor --security'])(
  'as a command (hotline %s): prints every check, no secret, and exits with 0',
  (words) => {
    const environment = { ...process.env, ...hotlineEnvironment() };
    const { status, stdout } = spawnSync(process.execPath, ['src/cli.ts', ...words.split(' ')], {
      env: environment,
      encoding: 'utf8',
    });
    expect(stdout).toMatch(/\d+ checks, 0 to be changed\n$/);
    expect(status).toBe(0);
    for (const name of ['ARI_PASSWORD', 'AMI_PASSWORD', 'SMS_GATEWAY_SECRET', 'HASH_KEY', 'AUDIT_KEY'])
      expect(stdout).not.toContain(hotlineEnvironment()[name]);
  },
);
