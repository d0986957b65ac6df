/** The pool of connections, with a deadline over everything that is done on one. */
import type { Socket } from 'node:net';
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { isTransient, toRegistryError } from './database-error.ts';
import { readDatabaseUrl } from './database-url.ts';
import { Deadline } from './deadline.ts';
import { openSession, type Session } from './session.ts';

export interface DatabaseOptions {
  /** See {@link readDatabaseUrl}. */
  url: string;
  /** Longest time, ms, from asking for a connection to the answer to COMMIT. Default 2000. */
  deadlineMs?: number;
  /** Most connections at once. Default 10. */
  poolSize?: number;
}

/** How often a transaction is run in all when another one is in its way; the deadline is over all of them. */
const transactionAttempts = 5;

/** More waiting for a connection than this, and the next one is refused at once. */
const queueLimit = 1000;

/**
 * MySQL or MariaDB. Connections are made when needed, kept, and replaced when they fail, so it
 * works again by itself when the server is back.
 *
 * Whatever takes longer than the deadline rejects with RegistryUnavailable and loses its
 * connection: a frozen server cannot hold a caller. The server may still carry out what was sent.
 */
export class Database {
  readonly #pool: Pool;
  readonly #deadlineMs: number;
  readonly #prepared = new WeakSet<object>();
  readonly #sockets = new Set<Socket>();

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({ url, deadlineMs = 2000, poolSize = 10 }: DatabaseOptions) {
    this.#deadlineMs = deadlineMs;
    // Without FOUND_ROWS the row counts are of rows changed, not of rows that would have matched.
    const connections = {
      connectionLimit: poolSize,
      connectTimeout: deadlineMs,
      queueLimit,
      flags: ['-FOUND_ROWS'],
    };
    this.#pool = createPool({ ...readDatabaseUrl(url), ...connections });
    // mysql2 removes a connection from the pool at its first error and then no longer listens; a
    // second one (reset after a failed write, say) would be an uncaught exception.
    this.#pool.on('connection', (connection) => connection.on('error', () => undefined));
    this.#pool.on('connection', (connection) => this.#keep(socketOf(connection)));
  }

  /** Runs `work` outside a transaction: each of its statements stands for itself. */
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
   * Runs `work` in one transaction at READ COMMITTED. If the server rolls it back because of a
   * lock, the whole is run again: nothing of it was committed.
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

  /** Closes all connections within the deadline; what still runs on them fails. */
  async end(): Promise<void> {
    const deadline = new Deadline(this.#deadlineMs);
    await deadline.race(this.#pool.end()).catch(() => undefined);
    deadline.clear();
    for (const socket of this.#sockets) socket.destroy(); // a frozen server has not said goodbye
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
      // Transactions have been rolled back by now, unless that failed too. Either way a new
      // connection costs less than finding out in which state this one is.
      destroy(connection);
      throw error;
    }
  }

  async #acquire(deadline: Deadline): Promise<PoolConnection> {
    const acquiring = this.#pool.getConnection();
    // One that comes too late goes back to the pool.
    acquiring.then(
      (late) => deadline.isExpired && late.release(),
      () => undefined,
    );
    const connection = await deadline.race(acquiring);
    if (this.#prepared.has(connection.connection)) return connection;
    try {
      await deadline.race(connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'));
      // The server must not wait for a lock on behalf of somebody who has left.
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
    // Dropping the connection rolls back too, but only when the server notices.
    if (!deadline.isExpired) await deadline.race(connection.query('ROLLBACK')).catch(() => undefined);
    throw error;
  }
}

/** Closes a connection without waiting for the server: mysql2's own destroy leaves the socket half open. */
function destroy(connection: PoolConnection): void {
  const socket = socketOf(connection.connection);
  connection.destroy();
  socket.destroy();
}

/** mysql2 does not declare it. */
function socketOf(connection: object): Socket {
  return (connection as { stream: Socket }).stream;
}
