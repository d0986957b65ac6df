import { existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Progress } from './progress.ts';
import { bareEnvironment } from './environment.ts';
import { runLogged } from './logged-command.ts';
import { inPrivateRoot, namespaceLeader, rootUser, type Mount } from './private-root.ts';
import { makeDirectory, type RunState } from './run-state.ts';
import { databasePort, writeDatabaseSecrets, type RunSecrets } from './secrets.ts';
import { Service } from './service.ts';
import { StartError } from './start-error.ts';

/** Redo log and memory for a development machine; both are plenty for the demo and for the tests. */
const sizes = [
  '--innodb-log-file-size=32M',
  '--innodb-buffer-pool-size=64M',
  '--aria-pagecache-buffer-size=8M',
  '--key-buffer-size=1M',
  '--performance-schema=OFF',
];

/** Every commit is on the disk before it is answered: a reset told to a caller survives a crash. */
const durability = ['--innodb-flush-log-at-trx-commit=1', '--innodb-doublewrite=ON'];

const place = [
  '--datadir=/var/lib/mysql',
  '--socket=/run/mysqld/mysqld.sock',
  '--pid-file=/run/mysqld/mysqld.pid',
];
const network = ['--bind-address=127.0.0.1', `--port=${databasePort}`, '--skip-name-resolve'];
const initFile = 'init.sql';

/** The MariaDB server of this run state, as a service to start. */
export function databaseService(
  state: RunState,
  secrets: RunSecrets,
  report: (line: string) => void,
): Service {
  const mysql = rootUser(state.root, 'mysql');
  makeDirectory(state.databaseRun, mysql, 0o750);
  writeDatabaseSecrets(join(state.databaseRun, initFile), secrets, mysql);
  const server = [
    '/usr/sbin/mariadbd',
    '--no-defaults',
    ...place,
    ...network,
    ...durability,
    ...sizes,
    '--character-set-server=utf8mb4',
    `--init-file=/run/mysqld/${initFile}`,
  ];
  return new Service({
    name: 'the database',
    env: bareEnvironment(),
    command: inPrivateRoot(state.root, 'mysql', mounts(state, state.database), server),
    log: join(state.logs, 'mariadb.log'),
    answers: greets,
    leader: namespaceLeader,
    startLimitMs: 60_000,
    stopLimitMs: 20_000,
    report,
  });
}

/**
 * Makes an empty database directory, unless there is one. It appears under its name only when
 * complete.
 *
 * @throws StartError (diskFull, serviceFailed)
 */
export async function createDatabase(
  state: RunState,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const mysql = rootUser(state.root, 'mysql');
  const log = join(state.logs, 'mariadb.log');
  if (existsSync(state.database)) {
    if (statSync(state.database).uid !== mysql.uid)
      await runLogged(['chown', '-R', `${mysql.uid}:${mysql.gid}`, state.database], { log });
    return;
  }
  const partial = `${state.database}.partial`;
  rmSync(partial, { recursive: true, force: true });
  makeDirectory(state.databaseRun, mysql, 0o750);
  makeDirectory(partial, mysql, 0o750);
  try {
    await progress.step('Creating the database', () => installDatabase(state, partial, { log, signal }));
    renameSync(partial, state.database);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

async function installDatabase(
  state: RunState,
  directory: string,
  options: { log: string; signal: AbortSignal },
): Promise<void> {
  const install = [
    'mariadb-install-db',
    '--no-defaults',
    '--datadir=/var/lib/mysql',
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
    '--skip-name-resolve',
    '--force',
    ...sizes,
  ];
  const { code, output } = await runLogged(
    inPrivateRoot(state.root, 'mysql', mounts(state, directory), install),
    options,
  );
  if (code === 0) return;
  if (/No space left|Errcode: 28/.test(output))
    throw new StartError(
      'diskFull',
      `The disk became full while creating the database in ${state.directory}: free some space there, then try again.`,
    );
  throw new StartError(
    'serviceFailed',
    `MariaDB could not create its database; details are in ${options.log}.`,
  );
}

function mounts(state: RunState, datadir: string): Mount[] {
  return [
    { source: datadir, target: '/var/lib/mysql', writable: true },
    { source: state.databaseRun, target: '/run/mysqld', writable: true },
  ];
}

/** Whether a server greets: its first packet carries protocol version 10 (MySQL protocol, HandshakeV10). */
function greets(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(databasePort, '127.0.0.1');
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(900, () => settle(false));
    socket.once('data', (greeting) => settle(greeting[4] === 10));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}
