/** Is the running Asterisk set up as it should be? Asked over AMI, so it holds for any Asterisk, ours or an admin's. */
import { Ami, type AmiOptions } from '../asterisk/ami.ts';
import { expectThat, isLoopback, type Finding } from './finding.ts';

type AmiPacket = Awaited<ReturnType<Ami['action']>>;

/** 22.10.0 has two ARI advisories that 22.10.1 closes. */
const oldestSafe = [22, 10, 1];
/** They write what callers say or hear to files, or let them run programs. */
const unwanted = [
  'app_mixmonitor',
  'app_monitor',
  'app_record',
  'app_chanspy',
  'app_system',
  'func_shell',
  'func_curl',
  'func_env',
  'res_ari_recordings',
  'res_ari_mailboxes',
  'app_voicemail',
];
/** Levels of Asterisk's log that hold keys, numbers or dialplan arguments. */
const talkative = ['DTMF', 'VERBOSE', 'NOTICE', 'DEBUG'];
/** More than the application's connection pool (64) and a margin. */
const leastSessions = 100;

/** @throws AmiFailed */
export async function checkPbx(options: AmiOptions): Promise<Finding[]> {
  const ami = await Ami.connect(options);
  try {
    const settings = await ami.action({ Action: 'CoreSettings' });
    const modules = await command(ami, 'module show');
    const [core, http] = [await config(ami, 'asterisk.conf'), await config(ami, 'http.conf')];
    return [
      checkVersion(String(settings['asteriskversion'] ?? '')),
      ...checkDoors(await command(ami, 'http show status'), await command(ami, 'manager show settings'), http),
      ...checkSwitches(core),
      checkLog(await command(ami, 'logger show channels')),
      checkDetailRecords(await command(ami, 'cdr show status'), await command(ami, 'cel show status')),
      checkModules(modules),
    ];
  } finally {
    ami.close();
  }
}

function checkVersion(version: string): Finding {
  const parts = (/\d+(\.\d+)*/.exec(version)?.[0] ?? '').split('.').map(Number);
  const difference = oldestSafe.map((least, index) => (parts[index] ?? 0) - least).find((part) => part !== 0) ?? 0;
  return expectThat('Asterisk version', difference >= 0, version || 'not told', `update Asterisk to ${oldestSafe.join('.')} or later`);
}

function checkDoors(http: string, manager: string, httpConfig: ReadonlyMap<string, string>): Finding[] {
  const bound = [...http.matchAll(/Bound to (\S+)/g)].map(([, address = '']) => address);
  const ami = /BindAddress:\s*(\S+)/i.exec(manager)?.[1] ?? '';
  const sessions = Number(httpConfig.get('sessionlimit') ?? 100);
  return [
    expectThat(
      'ARI on loopback',
      bound.length > 0 && bound.every(isLoopback),
      bound.join(', ') || 'not told',
      'http.conf: bindaddr = 127.0.0.1 (and tlsbindaddr likewise)',
    ),
    expectThat('AMI on loopback', isLoopback(ami), ami || 'not told', 'manager.conf: bindaddr = 127.0.0.1'),
    expectThat(
      'HTTP session limit',
      sessions > leastSessions,
      String(sessions),
      `http.conf: sessionlimit above ${leastSessions}, or requests get no answer under load`,
      'warning',
    ),
  ];
}

function checkSwitches(core: ReadonlyMap<string, string>): Finding[] {
  const isOff = (name: string, otherwise = 'no') => /^(no|false|off|0)$/i.test(core.get(name) ?? otherwise);
  const says = (name: string) => core.get(name) ?? 'not set';
  return [
    expectThat('live_dangerously', isOff('live_dangerously'), says('live_dangerously'), 'asterisk.conf: live_dangerously = no'),
    expectThat('core dumps of Asterisk', isOff('dumpcore'), says('dumpcore'), 'asterisk.conf: dumpcore = no; a dump holds the keys of callers'),
    expectThat(
      'verbose and debug',
      isOff('verbose', '0') && isOff('debug', '0'),
      `${says('verbose')}, ${says('debug')}`,
      'asterisk.conf: verbose = 0, debug = 0',
    ),
  ];
}

function checkLog(channels: string): Finding {
  // Asterisk gives every console "verbose" by itself; what is written there is up to "verbose = 0" (checked above).
  const levels = channels
    .split('\n')
    .map((line) => (/\sConsole\s/.test(line) ? line.replace(/VERBOSE/i, '') : line))
    .map((line) => line.split(' - ')[1] ?? '')
    .join(' ');
  const found = talkative.filter((level) => levels.toUpperCase().includes(level));
  return expectThat(
    "levels of Asterisk's log",
    found.length === 0,
    found.join(', ') || 'warnings and errors',
    `logger.conf: remove ${found.join(', ').toLowerCase()}; they hold callers' keys and numbers`,
  );
}

function checkDetailRecords(cdr: string, cel: string): Finding {
  const isOn = /Logging:\s*Enabled/i.test(cdr) || /CEL Logging:\s*Enabled/i.test(cel);
  return expectThat('call detail records', !isOn, isOn ? 'on' : 'off', 'cdr.conf and cel.conf: enable = no; they hold full phone numbers');
}

function checkModules(modules: string): Finding {
  const found = unwanted.filter((name) => modules.includes(`${name}.so`));
  return expectThat('recording and program modules', found.length === 0, found.join(', ') || 'none', `modules.conf: do not load ${found.join(', ')}`);
}

async function command(ami: Ami, text: string): Promise<string> {
  return textOf(await ami.action({ Action: 'Command', Command: text }), 'output');
}

/** The settings of a file, of all its sections together. */
async function config(ami: Ami, file: string): Promise<ReadonlyMap<string, string>> {
  const packet = await ami.action({ Action: 'GetConfig', Filename: file });
  const lines = Object.entries(packet).filter(([name]) => /^line-/i.test(name));
  return new Map(lines.map(([, line]) => /^\s*([^=]+?)\s*=>?\s*(.*)$/.exec(String(line))).flatMap((match) => (match ? [[match[1]!, match[2]!] as const] : [])));
}

function textOf(packet: AmiPacket, key: string): string {
  const value = packet[key] ?? '';
  return Array.isArray(value) ? value.join('\n') : value;
}
