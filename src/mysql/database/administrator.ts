/** Makes the database and its two users, as an administrator of the server. */
import { existsSync } from 'node:fs';
import {
  createConnection,
  type Connection,
  type ConnectionOptions,
  type RowDataPacket,
} from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';
import { describeDatabaseError } from './database-error.ts';
import { readDatabaseUrl } from './database-url.ts';

/** The server does not let us make a database. */
export class CreateDatabaseFailed extends ExpectedError {
  override readonly name = 'CreateDatabaseFailed';
}

/** Where servers of Debian, MariaDB and MySQL listen for local administrators. */
const sockets = ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock', '/tmp/mysql.sock'];

/** What an administrator's connection found. */
export interface ServerFacts {
  /** On which it takes TCP. */
  readonly port: number;
  /** From which address it sees this machine come, in the way of its users: `127.0.0.1`. */
  readonly from: string;
  /** Of the users named, those it has already. */
  readonly known: readonly string[];
}

/** An administrator's connection to the server. */
export class DatabaseAdministrator {
  readonly #connection: Connection;
  readonly #isLocal: boolean;
  /** As DATABASE_URL names the server. */
  readonly host: string;

  private constructor(connection: Connection, host: string, isLocal: boolean) {
    this.#connection = connection;
    this.host = host;
    this.#isLocal = isLocal;
  }

  /**
   * @param url `mysql://root:password@host:port/mysql`; absent: root of this machine, by the server's socket
   * @throws CreateDatabaseFailed, DatabaseUrlError
   */
  static async connect(url?: string): Promise<DatabaseAdministrator> {
    try {
      const options = url === undefined ? bySocket() : readDatabaseUrl(url);
      const connection = await createConnection({ ...options, authPlugins: bySystemUser });
      connection.on('error', () => undefined);
      const host = options.host ?? '127.0.0.1';
      return new DatabaseAdministrator(connection, host, url === undefined || host === '127.0.0.1');
    } catch (error) {
      if (error instanceof ExpectedError) throw error;
      throw new CreateDatabaseFailed(
        `The database server lets no administrator in (${describeDatabaseError(error)}): expected root by its socket, or the URL of one: --database-admin mysql://root:password@host:3306/mysql`,
      );
    }
  }

  /** @param users their names */
  async look(users: readonly string[]): Promise<ServerFacts> {
    const [server] = await this.#select(
      'SELECT @@port AS port, @@skip_networking AS isLocal, USER() AS self',
    );
    if (Number(server?.['isLocal']) === 1)
      throw new CreateDatabaseFailed(
        'The database server takes no connections over TCP (skip-networking): expected bind-address = 127.0.0.1 instead',
      );
    const from = this.#isLocal ? '127.0.0.1' : String(server?.['self']).replace(/^.*@/, '');
    const rows = await this.#select('SELECT User AS name FROM mysql.user WHERE Host = ?', [from]);
    const names = rows.map(({ name }) => String(name));
    return { port: Number(server?.['port']), from, known: users.filter((user) => names.includes(user)) };
  }

  /** Makes what is missing; users that are there keep their passwords. */
  async create(
    database: string,
    from: string,
    { owner, application }: { owner: Login; application: Login },
  ): Promise<void> {
    await this.#connection.query(`CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4`, [database]);
    for (const { user, password } of [owner, application])
      await this.#connection.query('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [user, from, password]);
    await this.#connection.query('GRANT ALL ON ??.* TO ?@? WITH GRANT OPTION', [database, owner.user, from]);
  }

  close(): void {
    this.#connection.destroy();
  }

  async #select(sql: string, values: readonly string[] = []): Promise<RowDataPacket[]> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(sql, [...values]);
    return rows;
  }
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

function bySocket(): ConnectionOptions & { host?: undefined } {
  const socketPath = sockets.find((path) => existsSync(path));
  if (socketPath === undefined)
    throw new CreateDatabaseFailed(
      `No database server runs on this machine (looked for ${sockets.join(', ')}): expected MariaDB 10.11 or MySQL 8.4 or later, or --database-admin mysql://root:password@host:3306/mysql`,
    );
  return { socketPath, user: 'root' };
}

/** The server knows root of this machine by the socket, and wants nothing more. */
const nothing = () => () => Buffer.alloc(0);
const bySystemUser = { unix_socket: nothing, auth_socket: nothing };
