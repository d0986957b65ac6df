/** Is the running Asterisk closed to strangers, and does it keep what callers key and hear to itself? */
import { isLoopback } from '../machine/loopback.ts';
import { isAtLeast, oldestSafeAsterisk } from '../machine/version.ts';
import { checkClock } from './clock-check.ts';
import { checkChannelEvents, checkDetailRecords } from './detail-records.ts';
import { expectThat, type Finding } from './finding.ts';
import type { ConfigFile, PbxFacts } from './pbx-facts.ts';

/**
 * Modules that write what callers say or hear to files, or run programs. Loaded does not mean used:
 * whether a caller can reach such a step is checked in trunk-checks.ts.
 */
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
/**
 * Longest time that an unacknowledged call may go on, ms. Quick keys and the sentences before the
 * password take more than 4 s, a password of six digits another 6 s.
 */
const maxUnacknowledgedMs = 8000;
/**
 * Levels of Asterisk's log that hold keys, phone numbers, digits of a password or dialplan arguments;
 * logger.conf says which holds what.
 */
const revealingLevels = ['DTMF', 'VERBOSE', 'NOTICE', 'WARNING', 'DEBUG'];
/** The application's connection pool (64), and a margin. */
const minSessions = 100;
/**
 * Rights to place calls or run programs. Our AMI user needs `system`, for status and reload, and
 * none of these.
 */
const dangerousRights = ['all', 'command', 'originate', 'call', 'config', 'agent', 'user'];

/** @param amiUser AMI_USERNAME */
export function checkPbx(pbx: PbxFacts, amiUser: string): Finding[] {
  return [
    expectThat(
      'Asterisk version',
      isAtLeast(pbx.version, oldestSafeAsterisk),
      pbx.version || 'unknown',
      `update Asterisk to ${oldestSafeAsterisk} or later`,
    ),
    checkClock(
      'Asterisk',
      pbx.clockAheadMs,
      'it judges by its own whether the signature of a call is fresh, and its log and the log of the application are read together',
    ),
    ...checkDoors(pbx),
    checkAmiRights(pbx.files['manager.conf'].get(amiUser)),
    checkUnacknowledgedCalls(pbx),
    checkSystemName(pbx.files['asterisk.conf'].get('options')),
    ...checkSwitches(pbx.files['asterisk.conf'].get('options')),
    checkLog(pbx),
    checkDetailRecords(pbx),
    checkChannelEvents(pbx),
    checkModules(pbx),
  ];
}

function checkDoors({ files }: PbxFacts): Finding[] {
  const sessions = Number(general(files['http.conf']).get('sessionlimit') || 100);
  return [
    checkDoor('ARI on loopback', files['http.conf'], 'http.conf'),
    checkDoor('AMI on loopback', files['manager.conf'], 'manager.conf'),
    expectThat(
      'HTTP session limit',
      sessions > minSessions,
      String(sessions),
      `http.conf: sessionlimit above ${minSessions}, or requests stay unanswered under load`,
      'warning',
    ),
  ];
}

/** Without a `bindaddr`, Asterisk listens on every address. */
function checkDoor(title: string, file: ConfigFile, name: string): Finding {
  const settings = general(file);
  const plain = settings.get('bindaddr') || '0.0.0.0';
  const tls = isOn(settings.get('tlsenable')) ? settings.get('tlsbindaddr') || '0.0.0.0' : undefined;
  const bound = tls === undefined ? [plain] : [plain, tls];
  const change = `${name}: bindaddr = 127.0.0.1${tls === undefined ? '' : ', and tlsbindaddr likewise'}`;
  return expectThat(title, bound.every(isLoopback), bound.join(', '), change);
}

function checkAmiRights(user: ReadonlyMap<string, string> | undefined): Finding {
  const rights = `${user?.get('read') ?? ''},${user?.get('write') ?? ''}`.split(/[\s,]+/);
  const found = [...new Set(rights.filter((right) => dangerousRights.includes(right)))];
  return expectThat(
    'rights of the AMI user',
    user !== undefined && found.length === 0,
    user === undefined ? 'the user is not in manager.conf' : found.join(', ') || 'system, reporting',
    'manager.conf: read = system, write = system,reporting',
    user === undefined ? 'warning' : 'danger',
  );
}

/** That no other PBX has the same name is for the admin to see to. */
function checkSystemName(options: ReadonlyMap<string, string> = new Map()): Finding {
  const name = options.get('systemname') ?? '';
  return expectThat(
    'name of this Asterisk',
    name !== '',
    name || 'not set',
    'asterisk.conf: systemname, another one for each PBX, then restart Asterisk; otherwise two PBXs can give two calls the same id',
    'warning',
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
      'live_dangerously = no; otherwise anyone with access to ARI or AMI can run programs',
    ),
    check('dumpcore of Asterisk', ['dumpcore'], 'dumpcore = no; a dump holds what callers keyed'),
    check('verbose and debug', ['verbose', 'debug'], 'verbose = 0, debug = 0'),
  ];
}

function checkLog({ logs }: PbxFacts): Finding {
  // Asterisk adds "verbose" to every console by itself. "verbose = 0", checked above, keeps it silent.
  const found = logs.flatMap(({ channel, type, levels }) => {
    const words = levels.toUpperCase().split(/[\s,]+/);
    const bad = revealingLevels.filter(
      (level) => words.includes(level) && !(type === 'Console' && level === 'VERBOSE'),
    );
    return bad.length === 0 ? [] : [`${channel || type}: ${bad.join(' ').toLowerCase()}`];
  });
  return expectThat(
    "levels of Asterisk's log",
    found.length === 0,
    found.join('; ') || 'errors only',
    'logger.conf: error only; for a channel added at the console: logger remove channel. These levels hold callers’ keys and numbers',
  );
}

function checkUnacknowledgedCalls({ unacknowledgedMs }: PbxFacts): Finding {
  return expectThat(
    'unacknowledged calls',
    unacknowledgedMs <= maxUnacknowledgedMs,
    `given up after ${unacknowledgedMs / 1000} s (pjsip.conf)`,
    'pjsip.conf, [system]: timer_t1 = 100 and timer_b = 6400, then restart Asterisk; otherwise a call with a forged source address could last for a whole password',
  );
}

function checkModules({ modules }: PbxFacts): Finding {
  const found = unwanted.filter((name) => modules.includes(`${name}.so`));
  return expectThat(
    'recording and program modules',
    found.length === 0,
    found.join(', ') || 'none',
    `modules.conf: noload = … for each that nothing else on this PBX needs; the hotline needs none`,
    'warning',
  );
}

function general(file: ConfigFile): ReadonlyMap<string, string> {
  return file.get('general') ?? new Map<string, string>();
}

/** Whether a setting is on, as Asterisk reads it; a number above 0 is. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !/^(no|false|off|n|f|0|)$/i.test(value.trim());
}
