/** What an administrator, or a stranger, does to the database of a running hotline. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import { hotlineEnvironment } from '../../tests/support/machine/hotline-under-test.ts';

export class CallDatabase {
  readonly #socketPath: string;

  /** @param directory the run state */
  constructor(directory: string) {
    this.#socketPath = join(directory, 'mysql-run/mysqld.sock');
  }

  /** As a server before it is promoted: every change is refused for `ms`. */
  async beReadOnly(ms: number): Promise<void> {
    await this.#administrate('SET GLOBAL read_only = 1');
    await pause(ms);
    await this.#administrate('SET GLOBAL read_only = 0');
  }

  /** Takes every connection that the server still gives, for `ms`. */
  async takeConnections(ms: number): Promise<void> {
    const taken: Connection[] = [];
    try {
      for (;;) taken.push(await open({ uri: hotlineEnvironment()['DATABASE_OWNER_URL']! }));
    } catch {
      // "Too many connections"
    }
    await pause(ms);
    for (const connection of taken) connection.destroy();
  }

  /** Holds the rows that calls lock, those of accounts and of limits, for `ms`. */
  async lockRows(ms: number): Promise<void> {
    const connection = await open({ uri: hotlineEnvironment()['DATABASE_OWNER_URL']! });
    await connection.beginTransaction();
    for (const table of ['limit_locks', 'accounts'])
      await connection.query(`SELECT * FROM ${table} FOR UPDATE`);
    await pause(ms);
    connection.destroy(); // the server rolls back
  }

  /** The server believes its own root, who owns this process. */
  async #administrate(sql: string): Promise<void> {
    const connection = await open({ user: 'root', socketPath: this.#socketPath });
    await connection.query(sql);
    await connection.end();
  }
}

async function open(options: ConnectionOptions): Promise<Connection> {
  const connection = await createConnection(options);
  connection.on('error', () => undefined); // the server is killed now and then
  return connection;
}
