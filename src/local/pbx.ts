import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { bareEnvironment } from './environment.ts';
import { keepLogs } from './logs.ts';
import { inPrivateRoot, namespaceLeader, rootUser, type Mount } from './private-root.ts';
import { checkout, makeDirectory, type RunState } from './run-state.ts';
import { writePbxSecrets, type Secrets } from './secrets.ts';
import { Service } from './service.ts';

/** Folders Asterisk writes to, and where Debian's build of it looks for them. */
const folders = {
  lib: '/var/lib/asterisk',
  log: '/var/log/asterisk',
  spool: '/var/spool/asterisk',
  run: '/run/asterisk',
};

/** Debian links to these from the sounds folder; Asterisk logs an error for a link that leads nowhere. */
const linkedFolders = ['lib/sounds/custom', 'lib/priv-callerintros'];

/** The Asterisk of this run state, reading the checkout's asterisk-config/ and sounds/, as a service to start. */
export function pbxService(state: RunState, secrets: Secrets, report: (line: string) => void): Service {
  const asterisk = rootUser(state.root, 'asterisk');
  writePbxSecrets(state, secrets, asterisk);
  for (const folder of [...Object.keys(folders), ...linkedFolders])
    makeDirectory(join(state.pbx, folder), asterisk, 0o750);
  keepLogs(join(state.pbx, 'log'));
  return new Service({
    name: 'the PBX',
    env: bareEnvironment(),
    command: inPrivateRoot(state.root, 'asterisk', mounts(state), ['/usr/sbin/asterisk', '-f']),
    log: join(state.logs, 'asterisk.log'),
    answers: isFullyBooted,
    leader: namespaceLeader,
    startLimitMs: 60_000,
    stopLimitMs: 10_000,
    report,
  });
}

function mounts(state: RunState): Mount[] {
  return [
    { source: join(checkout, 'asterisk-config'), target: '/etc/asterisk' },
    { source: join(checkout, 'sounds/vi'), target: '/usr/share/asterisk/sounds/vi' },
    { source: state.pbxSecrets, target: '/etc/hotline' },
    ...Object.entries(folders).map(([folder, target]) => ({
      source: join(state.pbx, folder),
      target,
      writable: true,
    })),
  ];
}

/**
 * Asks Asterisk on its own console: its ports open before all modules are loaded.
 *
 * @param unsharePid the process that made its namespaces
 */
export function isFullyBooted(unsharePid: number): Promise<boolean> {
  const leader = namespaceLeader(unsharePid);
  if (leader === undefined) return Promise.resolve(false);
  const ask = [
    '--target',
    String(leader),
    '--mount',
    '--pid',
    '--root',
    '--wd=/',
    '/usr/sbin/asterisk',
    '-rx',
    'core waitfullybooted',
  ];
  return new Promise((resolve) => {
    execFile('nsenter', ask, { timeout: 900 }, (error, output) =>
      resolve(error === null && output.includes('fully booted')),
    );
  });
}
