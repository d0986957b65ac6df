/**
 * A second Asterisk for tests, with the private root and asterisk-config/ of the hotline, but with its
 * own ports and with warnings in its log.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isFullyBooted } from '../../../src/local/pbx.ts';
import { inPrivateRoot, namespaceLeader, rootUser, type Mount } from '../../../src/local/private-root.ts';
import { checkout, makeDirectory, runState } from '../../../src/local/run-state.ts';
import { Service } from '../../../src/local/service.ts';

/** Shipped ports, and the ports used here. */
const ports = {
  http: [8088, 18088],
  sip: [5060, 15060],
  ami: [5038, 15038],
  hep: [9060, 9061],
  rtpFirst: [10000, 20000],
  rtpLast: [10999, 20999],
} as const;

const folders = {
  lib: '/var/lib/asterisk',
  log: '/var/log/asterisk',
  spool: '/var/spool/asterisk',
  run: '/run/asterisk',
};
const secrets = {
  'ari-user.conf':
    '[test]\ntype = user\npassword = a-password-for-tests\npassword_format = plain\nread_only = no\n',
  'manager-user.conf': '[test](hotline-manager)\nsecret = a-password-for-tests\n',
  'softphone-auth.conf':
    '[softphone-password](!)\npassword = a-password-for-tests\n#include pjsip-demo-softphones.conf\n',
};

/** A running Asterisk, and how to reach it. */
export interface RealAsterisk {
  readonly ari: { url: string; username: string; password: string; application: string };
  readonly ami: { host: string; port: number; username: string; password: string };
  /** The address for calls, which must come from 127.0.0.2. */
  readonly sip: string;
  /** A file of its folder of logs, empty before its first line; without a name, its log: warnings and errors. */
  log(name?: string): string;
  stop(): Promise<void>;
}

/** Changes the copy of asterisk-config/ in `config` and returns additional mounts. */
export type Overlay = (config: string) => Mount[];

/**
 * Adds a trunk that differs from the shipped one only in its address, its rule HOTLINE_IDENTITY and, if
 * given, one more setting.
 */
export function addTrunk(
  config: string,
  { address, rule, more }: { address: string; rule: string; more?: string },
): void {
  const file = join(config, 'pjsip.conf');
  const name = `trunk-${rule}-${address}`;
  const text = readFileSync(file, 'utf8');
  const shipped = /(?<=^\[trunk\]\n)type = endpoint\n(?:.+\n)+/m
    .exec(text)?.[0]
    .replace(
      'HOTLINE_IDENTITY=pai-required',
      `HOTLINE_IDENTITY=${rule}${more === undefined ? '' : `\n${more}`}`,
    );
  if (shipped === undefined) throw new Error('pjsip.conf no longer contains the endpoint [trunk]');
  writeFileSync(
    file,
    `${text}\n[${name}]\n${shipped}\n[${name}]\ntype = identify\nendpoint = ${name}\nmatch = ${address}\n`,
  );
}

/** Replaces the main menu so that every call goes to the test at once. */
function testInsteadOfMenu(config: string): Mount[] {
  edit(config, 'extensions-hotline.conf', [[/Read\(KEY,.*\)/, 'Stasis(test,reset)\n same => n,Hangup()']]);
  return [];
}

/**
 * Starts it. Needs root, and the private root built by `make run` or `make test`.
 *
 * @param overlay default: {@link testInsteadOfMenu}; any other overlay keeps the shipped dialplan
 */
export async function startAsterisk(overlay: Overlay = testInsteadOfMenu): Promise<RealAsterisk> {
  const { root, directory } = runState();
  const asterisk = rootUser(root, 'asterisk');
  const state = mkdtempSync(join(directory, 'asterisk-'));
  makeDirectory(state, asterisk);
  for (const folder of [...Object.keys(folders), 'lib/sounds/custom', 'lib/priv-callerintros', 'log/cdr-csv'])
    makeDirectory(join(state, folder), asterisk);
  const config = configure(join(state, 'config'));
  const mounts: Mount[] = [
    ...overlay(config),
    { source: config, target: '/etc/asterisk' },
    { source: join(config, 'secrets'), target: '/etc/hotline' },
    { source: join(checkout, 'sounds/vi'), target: '/usr/share/asterisk/sounds/vi' },
    ...Object.entries(folders).map(([folder, target]) => ({
      source: join(state, folder),
      target,
      writable: true,
    })),
  ];
  const service = new Service({
    name: 'the Asterisk under test',
    env: process.env,
    command: inPrivateRoot(root, 'asterisk', mounts, ['/usr/sbin/asterisk', '-f']),
    log: join(state, 'output.log'),
    answers: isFullyBooted,
    leader: namespaceLeader,
    startLimitMs: 60_000,
    stopLimitMs: 10_000,
    report: (line) => void process.stderr.write(`${line}\n`),
  });
  await service.start(new AbortController().signal);
  const login = { username: 'test', password: 'a-password-for-tests' };
  return {
    ari: { url: `http://127.0.0.1:${ports.http[1]}`, ...login, application: 'test' },
    ami: { host: '127.0.0.1', port: ports.ami[1], ...login },
    sip: `127.0.0.1:${ports.sip[1]}`,
    log(name = 'messages.log') {
      const file = join(state, 'log', name);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    },
    async stop() {
      await service.stop();
      rmSync(state, { recursive: true });
    },
  };
}

/** Copies asterisk-config/ and changes its ports. */
function configure(config: string): string {
  cpSync(join(checkout, 'asterisk-config'), config, { recursive: true });
  mkdirSync(join(config, 'secrets'));
  for (const [file, text] of Object.entries(secrets)) writeFileSync(join(config, 'secrets', file), text);
  edit(config, 'http.conf', [ports.http]);
  edit(config, 'manager.conf', [ports.ami]);
  edit(config, 'hep.conf', [ports.hep]);
  edit(config, 'pjsip.conf', [ports.sip]);
  edit(config, 'rtp.conf', [ports.rtpFirst, ports.rtpLast]);
  edit(config, 'logger.conf', [[/=> error/g, '=> warning,error']]);
  return config;
}

/** Replaces text in one of the files. Throws when the text is no longer there. */
export function edit(
  config: string,
  file: string,
  changes: readonly (readonly [from: number | RegExp, to: number | string])[],
): void {
  const path = join(config, file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of changes) {
    const pattern = from instanceof RegExp ? from : new RegExp(`\\b${from}\\b`, 'g');
    if (!new RegExp(pattern.source).test(text))
      throw new Error(`${file} no longer contains ${pattern.source}`);
    text = text.replace(pattern, String(to));
  }
  writeFileSync(path, text);
}
