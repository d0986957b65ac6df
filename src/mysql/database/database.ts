/** A pool of connections, with a deadline over all work on each. */
import type { Socket } from 'node:net';
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { isTransient, toRegistryError } from './database-error.ts';
import { readDatabaseUrl } from './database-url.ts';
import { Deadline } from './deadline.ts';
import { openSession, type Session } from './session.ts';

export interface DatabaseOptions {
  /** See {@link readDatabaseUrl}. */
  url: string;
  /** Max. time, ms, from asking for a connection to the answer to COMMIT. Default 2000. */
  deadlineMs?: number;
  /** Max. connections at once. Default 10. */
  poolSize?: number;
}

/** Max. runs of a transaction that another one keeps getting in the way of; one deadline covers them all. */
const transactionAttempts = 5;

/** Max. number waiting for a connection; the next one is refused at once. */
const queueLimit = 1000;

/**
 * MySQL or MariaDB. Connections are made when needed, kept, and replaced when they fail, so it
 * recovers by itself when the server is back.
 *
 * Work that takes longer than the deadline rejects with RegistryUnavailable and loses its
 * connection: a frozen server cannot hold up a caller. The server may still do what was sent to it.
 */
export class Database {
  readonly #pool: Pool;
  readonly #deadlineMs: number;
  readonly #prepared = new WeakSet<object>();
  readonly #sockets = new Set<Socket>();

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({ url, deadlineMs = 2000, poolSize = 10 }: DatabaseOptions) {
    this.#deadlineMs = deadlineMs;
    // Without FOUND_ROWS, affectedRows counts the rows changed, not the rows matched.
    const connections = {
      connectionLimit: poolSize,
      connectTimeout: deadlineMs,
      queueLimit,
      flags: ['-FOUND_ROWS'],
    };
    this.#pool = createPool({ ...readDatabaseUrl(url), ...connections });
    // mysql2 drops a connection from the pool at its first error and then stops listening; a second
    // error, such as a reset after a failed write, would be an uncaught exception.
    this.#pool.on('connection', (connection) => connection.on('error', () => undefined));
    this.#pool.on('connection', (connection) => this.#keep(socketOf(connection)));
  }

  /** Runs `work` outside a transaction: each of its statements commits by itself. */
  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.#deadlineMs);
    try {
      return await this.#onConnection(deadline, (connection) => work(openSession(connection, deadline)));
    } catch (error) {
      throw toRegistryError(error);
    } finally {
      deadline.clear();
    }
  }

  /**
   * Runs `work` in one transaction at READ COMMITTED. If the server rolls it back because of a lock,
   * all of it is run again: nothing was committed.
   */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const deadline = new Deadline(this.#deadlineMs);
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return await this.#onConnection(deadline, (connection) => transact(connection, deadline, work));
        } catch (error) {
          if (attempt === transactionAttempts || !isTransient(error)) throw error;
        }
      }
    } catch (error) {
      throw toRegistryError(error);
    } finally {
      deadline.clear();
    }
  }

  /** Closes all connections within the deadline; work still under way fails. */
  async end(): Promise<void> {
    const deadline = new Deadline(this.#deadlineMs);
    await deadline.race(this.#pool.end()).catch(() => undefined);
    deadline.clear();
    for (const socket of this.#sockets) socket.destroy(); // a frozen server never closes its end
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  async #onConnection<T>(deadline: Deadline, work: (connection: PoolConnection) => Promise<T>): Promise<T> {
    const connection = await this.#acquire(deadline);
    try {
      const result = await work(connection);
      connection.release();
      return result;
    } catch (error) {
      // The transaction is rolled back by now, unless that failed too. In either case a new
      // connection is cheaper than finding out which state this one is in.
      destroy(connection);
      throw error;
    }
  }

  async #acquire(deadline: Deadline): Promise<PoolConnection> {
    const acquiring = this.#pool.getConnection();
    // One that arrives after the deadline goes back to the pool.
    acquiring.then(
      (late) => deadline.isExpired && late.release(),
      () => undefined,
    );
    const connection = await deadline.race(acquiring);
    if (this.#prepared.has(connection.connection)) return connection;
    try {
      await deadline.race(connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'));
      // The server must not wait for a lock for a caller who has given up.
      await deadline.race(
        connection.query("SET SESSION innodb_lock_wait_timeout = 1, SESSION time_zone = '+00:00'"),
      );
    } catch (error) {
      destroy(connection);
      throw error;
    }
    this.#prepared.add(connection.connection);
    return connection;
  }
}

async function transact<T>(
  connection: PoolConnection,
  deadline: Deadline,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await deadline.race(connection.query('START TRANSACTION'));
  try {
    const result = await work(openSession(connection, deadline));
    await deadline.race(connection.query('COMMIT'));
    return result;
  } catch (error) {
    // Dropping the connection rolls back too, but not before the server notices.
    if (!deadline.isExpired) await deadline.race(connection.query('ROLLBACK')).catch(() => undefined);
    throw error;
  }
}

/** Closes a connection without waiting for the server; mysql2's own destroy leaves the socket half open. */
function destroy(connection: PoolConnection): void {
  const socket = socketOf(connection.connection);
  connection.destroy();
  socket.destroy();
}

/** mysql2 does not declare this property. */
function socketOf(connection: object): Socket {
  return (connection as { stream: Socket }).stream;
}
