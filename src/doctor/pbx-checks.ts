/** Is the running Asterisk closed to strangers, and silent about what callers key and hear? */
import { isLoopback } from '../machine/loopback.ts';
import { isAtLeast, oldestSafeAsterisk } from '../machine/version.ts';
import { expectThat, type Finding } from './finding.ts';
import type { ConfigFile, PbxFacts } from './pbx-facts.ts';

/** They write what callers say or hear to files, or run programs. Loaded is not used: who can reach such a step is looked at in trunk-checks.ts. */
const unwanted = [
  'app_mixmonitor',
  'app_monitor',
  'app_record',
  'app_chanspy',
  'app_system',
  'app_voicemail',
  'func_shell',
  'func_env',
  'res_ari_recordings',
  'res_ari_mailboxes',
];
/** Quick keys and the sentences before it take more than 4 s, a password of six digits another 6 s. */
const maxBlindMs = 8000;
/** Levels of Asterisk's log that hold keys, numbers, digits of a password or dialplan arguments (logger.conf says which). */
const talkative = ['DTMF', 'VERBOSE', 'NOTICE', 'WARNING', 'DEBUG'];
/** More than the application's connection pool (64) and a margin. */
const minSessions = 100;
/** With one of these our AMI user could place calls or run programs; `system` is needed for status and reload. */
const mightyRights = ['all', 'command', 'originate', 'call', 'config', 'agent', 'user'];

/** @param amiUser AMI_USERNAME */
export function checkPbx(pbx: PbxFacts, amiUser: string): Finding[] {
  return [
    expectThat(
      'Asterisk version',
      isAtLeast(pbx.version, oldestSafeAsterisk),
      pbx.version || 'not told',
      `update Asterisk to ${oldestSafeAsterisk} or later`,
    ),
    ...checkDoors(pbx),
    checkAmiRights(pbx.files['manager.conf'].get(amiUser)),
    checkBlindCalls(pbx),
    ...checkSwitches(pbx.files['asterisk.conf'].get('options')),
    checkLog(pbx),
    checkDetailRecords(pbx),
    checkModules(pbx),
  ];
}

function checkDoors({ files }: PbxFacts): Finding[] {
  const sessions = Number(general(files['http.conf']).get('sessionlimit') ?? 100);
  return [
    checkDoor('ARI on loopback', files['http.conf'], 'http.conf'),
    checkDoor('AMI on loopback', files['manager.conf'], 'manager.conf'),
    expectThat(
      'HTTP session limit',
      sessions > minSessions,
      String(sessions),
      `http.conf: sessionlimit above ${minSessions}, or requests get no answer under load`,
      'warning',
    ),
  ];
}

/** Without an address of its own, either listens everywhere. */
function checkDoor(title: string, file: ConfigFile, name: string): Finding {
  const settings = general(file);
  const plain = settings.get('bindaddr') ?? '0.0.0.0';
  const tls = isOn(settings.get('tlsenable')) ? (settings.get('tlsbindaddr') ?? '0.0.0.0') : undefined;
  const bound = tls === undefined ? [plain] : [plain, tls];
  const change = `${name}: bindaddr = 127.0.0.1${tls === undefined ? '' : ', and tlsbindaddr likewise'}`;
  return expectThat(title, bound.every(isLoopback), bound.join(', '), change);
}

function checkAmiRights(user: ReadonlyMap<string, string> | undefined): Finding {
  const rights = `${user?.get('read') ?? ''},${user?.get('write') ?? ''}`.split(/[\s,]+/);
  const found = [...new Set(rights.filter((right) => mightyRights.includes(right)))];
  return expectThat(
    'rights of the AMI user',
    user !== undefined && found.length === 0,
    user === undefined ? 'the user is not in manager.conf' : found.join(', ') || 'system, reporting',
    'manager.conf: read = system, write = system,reporting',
    user === undefined ? 'warning' : 'danger',
  );
}

function checkSwitches(options: ReadonlyMap<string, string> = new Map()): Finding[] {
  const check = (title: string, names: readonly string[], change: string) =>
    expectThat(
      title,
      names.every((name) => !isOn(options.get(name))),
      names.map((name) => options.get(name) ?? 'not set').join(', '),
      `asterisk.conf: ${change}`,
    );
  return [
    check(
      'live_dangerously',
      ['live_dangerously'],
      'live_dangerously = no; otherwise who reaches ARI or AMI runs programs',
    ),
    check('core dumps of Asterisk', ['dumpcore'], 'dumpcore = no; a dump holds the keys of callers'),
    check('verbose and debug', ['verbose', 'debug'], 'verbose = 0, debug = 0'),
  ];
}

function checkLog({ logs }: PbxFacts): Finding {
  // Asterisk gives every console "verbose" by itself; what is written there is up to "verbose = 0" (checked above).
  const found = logs.flatMap(({ channel, type, levels }) => {
    const words = levels.toUpperCase().split(/[\s,]+/);
    const bad = talkative.filter(
      (level) => words.includes(level) && !(type === 'Console' && level === 'VERBOSE'),
    );
    return bad.length === 0 ? [] : [`${channel || type}: ${bad.join(' ').toLowerCase()}`];
  });
  return expectThat(
    "levels of Asterisk's log",
    found.length === 0,
    found.join('; ') || 'errors only',
    'logger.conf: error only; a channel added at the console: logger remove channel. They hold callers’ keys and numbers',
  );
}

function checkDetailRecords({ writesDetailRecords, files }: PbxFacts): Finding {
  const on = [
    ...(writesDetailRecords ? ['CDR'] : []),
    ...(isOn(general(files['cel.conf']).get('enable')) ? ['CEL'] : []),
  ];
  return expectThat(
    'call detail records',
    on.length === 0,
    on.length === 0 ? 'off' : `${on.join(' and ')} on`,
    'cdr.conf and cel.conf: enable = no; they hold full phone numbers',
  );
}

function checkBlindCalls({ unacknowledgedMs }: PbxFacts): Finding {
  return expectThat(
    'calls nobody acknowledges',
    unacknowledgedMs <= maxBlindMs,
    `given up after ${unacknowledgedMs / 1000} s, as configured`,
    'pjsip.conf, [system]: timer_t1 = 100 and timer_b = 6400, then restart Asterisk; who forges the carrier’s address would hear a whole password',
  );
}

function checkModules({ modules }: PbxFacts): Finding {
  const found = unwanted.filter((name) => modules.includes(`${name}.so`));
  return expectThat(
    'recording and program modules',
    found.length === 0,
    found.join(', ') || 'none',
    `modules.conf: do not load ${found.join(', ')}; the hotline needs none of them`,
    'warning',
  );
}

function general(file: ConfigFile): ReadonlyMap<string, string> {
  return file.get('general') ?? new Map<string, string>();
}

/** As Asterisk reads a switch; a number above 0 is on. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(no|false|off|n|f|0|)$/i.test(value.trim());
}
