/** A MariaDB from the checkout's private Debian root that a test can kill, freeze and starve. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type Connection } from 'mysql2/promise';
import { createDatabase } from '../../src/local/database.ts';
import { inPrivateRoot, namespaceLeader, rootUser } from '../../src/local/private-root.ts';
import { Progress } from '../../src/local/progress.ts';
import { makeDirectory, runState, type RunState } from '../../src/local/run-state.ts';

const password = 'chaos-password';
/** Enough for eight applications, and few enough to be used up. */
const maxConnections = 100;

export class ChaosDatabase {
  readonly #port: number;
  readonly #state: RunState;
  readonly #schemas: readonly string[];
  #process: ChildProcess | undefined;

  private constructor(state: RunState, port: number, schemas: readonly string[]) {
    this.#state = state;
    this.#port = port;
    this.#schemas = schemas;
  }

  /**
   * Makes and starts a database on a file system of its own, which ends with this process's mount
   * namespace.
   *
   * @param directory where its files go
   * @param template an empty database made before, to be copied
   */
  static async start(
    directory: string,
    port: number,
    schemas: readonly string[],
    template: string,
  ): Promise<ChaosDatabase> {
    mkdirSync(directory, { recursive: true });
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=420m,mode=0755', 'tmpfs', directory]);
    const database = new ChaosDatabase(runState(directory), port, schemas);
    cpSync(template, database.#state.database, { recursive: true, preserveTimestamps: true });
    spawnSync('chown', ['-R', `--reference=${template}`, database.#state.database]);
    makeDirectory(database.#state.logs, { uid: 0, gid: 0 });
    makeDirectory(database.#state.databaseRun, rootUser(database.#state.root, 'mysql'), 0o750);
    writeFileSync(join(database.#state.databaseRun, 'init.sql'), database.#statements(), { mode: 0o644 });
    await database.startAgain();
    return database;
  }

  /** Makes an empty database to copy from, once for all trials. */
  static async template(directory: string): Promise<string> {
    const state = runState(directory);
    makeDirectory(state.logs, { uid: 0, gid: 0 });
    await createDatabase(state, new Progress(process.stderr), new AbortController().signal);
    return state.database;
  }

  /** For the owner of a schema, or the application. */
  url(schema: string, user: 'owner' | 'application'): string {
    return `mysql://${user}:${password}@127.0.0.1:${this.#port}/${schema}`;
  }

  signal(signal: NodeJS.Signals): void {
    const leader = this.#process?.pid === undefined ? undefined : namespaceLeader(this.#process.pid);
    if (leader !== undefined) process.kill(leader, signal);
  }

  /** `kill -9`; resolves when it is gone. */
  async kill(): Promise<void> {
    const ended = this.#process && once(this.#process, 'exit');
    this.signal('SIGKILL');
    await ended;
  }

  /** Kills it and frees its file system. */
  async remove(): Promise<void> {
    await this.kill();
    spawnSync('umount', ['--lazy', this.#state.directory]);
  }

  /** Starts it and waits until it takes queries. */
  async startAgain(): Promise<void> {
    const { database, databaseRun, root } = this.#state;
    const mounts = [
      { source: database, target: '/var/lib/mysql', writable: true },
      { source: databaseRun, target: '/run/mysqld', writable: true },
    ];
    const options = [
      '--innodb-buffer-pool-size=32M',
      '--innodb-log-file-size=32M',
      '--innodb-flush-log-at-trx-commit=1',
      '--performance-schema=OFF',
      `--max-connections=${maxConnections}`,
    ];
    const place = [
      '--datadir=/var/lib/mysql',
      '--socket=/run/mysqld/mysqld.sock',
      '--bind-address=127.0.0.1',
      `--port=${this.#port}`,
      '--skip-name-resolve',
    ];
    const server = [
      '/usr/sbin/mariadbd',
      '--no-defaults',
      ...place,
      ...options,
      '--character-set-server=utf8mb4',
      '--init-file=/run/mysqld/init.sql',
    ];
    const [file = '', ...rest] = inPrivateRoot(root, 'mysql', mounts, server);
    this.#process = spawn(file, rest, { stdio: 'ignore', detached: true });
    const child = this.#process;
    while (!(await this.#answers())) {
      if (child.exitCode !== null) throw new Error('the database of the trials did not start');
      await pause(50);
    }
  }

  /** What a failover to a replica looks like before the replica is promoted: every change is refused. */
  async beReadOnly(isReadOnly: boolean): Promise<void> {
    const connection = await this.#connect();
    await connection.query(`SET GLOBAL read_only = ${isReadOnly ? 1 : 0}`);
    await connection.end();
  }

  /** Takes every connection that the server still gives. Returns what gives them back. */
  async takeConnections(): Promise<() => void> {
    const taken: Connection[] = [];
    const takeAnother = async () => taken.push(await this.#connect());
    try {
      while (taken.length <= maxConnections) await takeAnother();
    } catch {
      // "Too many connections"
    }
    return () => {
      for (const connection of taken) connection.destroy();
    };
  }

  /** Leaves no room for another page; {@link freeDisk} frees it again. */
  fillDisk(): void {
    spawnSync('sh', ['-c', `cat /dev/zero > ${join(this.#state.directory, 'ballast')} 2>/dev/null`]);
  }

  freeDisk(): void {
    rmSync(join(this.#state.directory, 'ballast'), { force: true });
  }

  async #answers(): Promise<boolean> {
    try {
      (await this.#connect()).destroy();
      return true;
    } catch {
      return false;
    }
  }

  async #connect(): Promise<Connection> {
    const connection = await createConnection({
      uri: this.url(this.#schemas[0]!, 'owner'),
      connectTimeout: 2000,
    });
    connection.on('error', () => undefined); // the server is killed now and then
    return connection;
  }

  #statements(): string {
    return this.#schemas
      .flatMap((schema) => [
        `CREATE DATABASE IF NOT EXISTS ${schema} CHARACTER SET utf8mb4;`,
        ...['owner', 'application'].map(
          (user) => `CREATE USER IF NOT EXISTS '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';`,
        ),
        `GRANT ALL ON ${schema}.* TO 'owner'@'127.0.0.1' WITH GRANT OPTION;`,
        // The owner here is also the administrator who sets read_only, and is not stopped by it.
        `GRANT READ_ONLY ADMIN ON *.* TO 'owner'@'127.0.0.1';`,
      ])
      .join('\n');
  }
}
