/** Makes the database and its two users, as an administrator of the server. */
import { existsSync } from 'node:fs';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';
import { isAtLeast } from '../../machine/version.ts';
import { requireFitting } from '../schema/migrate.ts';
import { databaseErrorCode, describeDatabaseError } from './database-error.ts';
import { DatabaseUrlError, readDatabaseUrl } from './database-url.ts';
import { selectOn } from './with-connection.ts';

/** The server does not let us make a database. */
export class CreateDatabaseFailed extends ExpectedError {
  override readonly name = 'CreateDatabaseFailed';
}

/** Where servers of Debian, MariaDB and MySQL listen for local administrators. */
const sockets = ['/run/mysqld/mysqld.sock', '/var/lib/mysql/mysql.sock', '/tmp/mysql.sock'];

/** What an administrator's connection found. */
export interface ServerFacts {
  /** Where the application reaches it, as in a URL: `127.0.0.1:3306`, `[::1]:3306`, `db.example.vn:3306`. */
  readonly address: string;
  /** The URL's parameters for TLS: `?tls=required`, or nothing. */
  readonly parameters: string;
  /** From where it sees this machine come, in the way of its users: `127.0.0.1`, `10.0.0.5`, `pbx.example.vn`. */
  readonly from: string;
  /** Of the users named, those it has already. */
  readonly known: readonly string[];
}

/** An administrator's connection to the server. */
export class DatabaseAdministrator {
  readonly #connection: Connection;
  /** Undefined: connected by the socket. */
  readonly #url: URL | undefined;

  private constructor(connection: Connection, url: string | undefined) {
    this.#connection = connection;
    this.#url = url === undefined ? undefined : new URL(url);
  }

  /**
   * @param url `mysql://root:password@host:port`, with any database or none; absent: root of this machine, by the server's socket
   * @throws CreateDatabaseFailed
   */
  static async connect(url?: string): Promise<DatabaseAdministrator> {
    try {
      const options = url === undefined ? bySocket() : readDatabaseUrl(withDatabase(url));
      const connection = await createConnection({ ...options, authPlugins: bySystemUser });
      connection.on('error', () => undefined);
      return new DatabaseAdministrator(connection, url);
    } catch (error) {
      if (error instanceof DatabaseUrlError)
        throw new CreateDatabaseFailed(error.message.replaceAll('DATABASE_URL', '--database-admin'));
      if (error instanceof ExpectedError) throw error;
      throw new CreateDatabaseFailed(
        `The database server lets no administrator in (${describeDatabaseError(error)}): expected root by its socket, or the URL of one: --database-admin mysql://root:password@host:3306`,
      );
    }
  }

  /**
   * Looks at the server, and changes nothing.
   *
   * @param database the name of the one to be made
   * @param users their names
   * @throws CreateDatabaseFailed, MigrationFailed: the hotline cannot work with this server or database
   */
  async look(database: string, users: readonly string[]): Promise<ServerFacts> {
    const select = selectOn(this.#connection);
    const [server] = await select<{ version: string; port: number; isLocal: number; self: string }>(
      'SELECT VERSION() AS version, @@port AS port, @@skip_networking AS isLocal, USER() AS self',
      [],
    );
    const { version = '', port = 3306, isLocal = 0, self = '' } = server ?? {};
    const oldest = version.includes('MariaDB') ? '10.11' : '8.4';
    if (!isAtLeast(version, oldest))
      throw new CreateDatabaseFailed(
        `The database server is too old (${version}): expected MariaDB 10.11 or MySQL 8.4 or later`,
      );
    if (Number(isLocal) === 1)
      throw new CreateDatabaseFailed(
        'The database server takes no connections over TCP (skip-networking): expected bind-address = 127.0.0.1 instead',
      );
    await requireFitting(select, database);
    // Over TCP it sees the application come from where it sees us: with a port that is forwarded, not from 127.0.0.1.
    const from = this.#url === undefined ? '127.0.0.1' : self.replace(/^.*@/, '');
    const rows = await select<{ name: string }>('SELECT User AS name FROM mysql.user WHERE Host = ?', [from]);
    return {
      address:
        this.#url === undefined ? `127.0.0.1:${port}` : `${this.#url.hostname}:${this.#url.port || 3306}`,
      parameters: this.#url?.search ?? '',
      from,
      known: users.filter((user) => rows.some(({ name }) => name === user)),
    };
  }

  /**
   * Makes what is missing; users that are there keep their passwords.
   *
   * @throws CreateDatabaseFailed
   */
  async create(
    database: string,
    from: string,
    { owner, application }: { owner: Login; application: Login },
  ): Promise<void> {
    const run = (sql: string, values: readonly string[]) => this.#connection.query(sql, [...values]);
    try {
      for (const { user, password } of [owner, application])
        await run('CREATE USER IF NOT EXISTS ?@? IDENTIFIED BY ?', [user, from, password]);
      await run('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4', [database]);
      await run('GRANT ALL ON ??.* TO ?@? WITH GRANT OPTION', [database, owner.user, from]);
    } catch (error) {
      throw new CreateDatabaseFailed(
        `The database server does not let this administrator make the database and its users (${databaseErrorCode(error) ?? String(error)}): expected a user with all rights and GRANT OPTION, as root has them`,
      );
    }
  }

  close(): void {
    this.#connection.destroy();
  }
}

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** Which database is made is ours to say: an administrator needs to name none. */
function withDatabase(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'mysql:' || !['', '/'].includes(url.pathname)) return text;
  url.pathname = '/mysql';
  return url.href;
}

function bySocket(): ConnectionOptions & { host?: undefined } {
  const socketPath = sockets.find((path) => existsSync(path));
  if (socketPath === undefined)
    throw new CreateDatabaseFailed(
      `No database server runs on this machine (looked for ${sockets.join(', ')}): expected MariaDB 10.11 or MySQL 8.4 or later, or --database-admin mysql://root:password@host:3306`,
    );
  return { socketPath, user: 'root' };
}

/** The server knows root of this machine by the socket, and wants nothing more. */
const nothing = () => () => Buffer.alloc(0);
const bySystemUser = { unix_socket: nothing, auth_socket: nothing };
