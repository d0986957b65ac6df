import { execFile } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { bareEnvironment } from './environment.ts';
import { keepLogs } from './logs.ts';
import { inPrivateRoot, namespaceLeader, rootUser, type Mount } from './private-root.ts';
import { checkout, makeDirectory, type Owner, type RunState } from './run-state.ts';
import { pbxSecretFiles, writePbxFiles, type Secrets } from './secrets.ts';
import { Service } from './service.ts';

/** Folders Asterisk writes to, and where Debian's build of it looks for them. */
const folders = {
  lib: '/var/lib/asterisk',
  log: '/var/log/asterisk',
  spool: '/var/spool/asterisk',
  run: '/run/asterisk',
};

/** Where it sees the store of recordings. Below /run, where there is room for it in the root. */
const recordings = '/run/hotline-recordings';

/** Debian links to these from the sounds folder; Asterisk logs an error for a link that leads nowhere. */
const linkedFolders = ['lib/sounds/custom', 'lib/priv-callerintros'];

/**
 * The Asterisk of this run state, reading the checkout's asterisk-config/ and its store of recordings, as a service to start.
 *
 * @param more files that asterisk-config/ includes from /etc/hotline if they are there, by name
 */
export function pbxService(
  state: RunState,
  secrets: Secrets,
  more: Readonly<Record<string, string>>,
  report: (line: string) => void,
): Service {
  const asterisk = rootUser(state.root, 'asterisk');
  writePbxFiles(state, { ...pbxSecretFiles(secrets), ...more }, asterisk);
  for (const folder of [...Object.keys(folders), ...linkedFolders])
    makeDirectory(join(state.pbx, folder), asterisk, 0o750);
  linkSounds(join(state.pbx, 'sounds'), asterisk);
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

/** To what is live in the store, whatever that is at the time. */
function linkSounds(folder: string, owner: Owner): void {
  rmSync(folder, { recursive: true, force: true });
  makeDirectory(folder, owner, 0o755);
  for (const name of ['hotline', 'digits']) symlinkSync(join(recordings, 'live', name), join(folder, name));
}

function mounts(state: RunState): Mount[] {
  return [
    { source: join(checkout, 'asterisk-config'), target: '/etc/asterisk' },
    { source: join(state.pbx, 'sounds'), target: '/usr/share/asterisk/sounds/vi' },
    { source: state.recordings, target: recordings },
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
