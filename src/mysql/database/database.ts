/** A pool of connections, with a deadline over all work on each. */
import type { Connection } from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';
import { RegistryNotAsked, RegistryUnusable } from '../../registry/registry-unavailable.ts';
import { tell, type Measurements } from '../../measured.ts';
import { backOff } from '../../timing/back-off.ts';
import { wait } from '../../timing/wait.ts';
import { ConnectionGate, type Lane } from './connection-gate.ts';
import { Connections, type CommitMode } from './connections.ts';
import {
  describeDatabaseError,
  isRefusal,
  isStorageFull,
  isTransient,
  leavesSession,
  toRegistryError,
} from './database-error.ts';
import { readDatabaseUrl } from './database-url.ts';
import { Deadline, notAsked } from './deadline.ts';
import { openSession, type Session } from './session.ts';
import { transact } from './transaction.ts';
import { Turns } from './turns.ts';
import { SchemaError } from '../schema/schema-check.ts';

export interface DatabaseOptions {
  /** See {@link readDatabaseUrl}. */
  url: string;
  /** Max. time, ms, from asking for a connection to the answer to COMMIT. Default 2000. */
  deadlineMs?: number;
  /** Max. connections at once. Default 10. */
  poolSize?: number;
  /** What its metrics call it: one of a few words. Default `registry`. */
  pool?: string;
}

/** How a piece of work waits for its connection. */
export interface WorkOptions {
  /** Default `call`. */
  readonly lane?: Lane;
  /** What it will lock, in any words: work on one of these subjects takes turns, and holds one connection. */
  readonly subjects?: readonly string[];
}

/** Max. runs of a transaction that another one keeps getting in the way of; one deadline covers them all. */
const transactionAttempts = 5;

/**
 * Of the deadline, the part that may be spent waiting for a connection. Work that begins with less time
 * than that is likely to be cut off, which costs a connection, and so makes the next one wait longer.
 */
const waitingShare = 1 / 2;

/** How long a full disk is remembered if no transaction shows that there is room again, ms. */
const fullForMs = 60_000;

/**
 * MySQL or MariaDB. Connections are made when needed, kept, and replaced when they fail, so it
 * recovers by itself when the server is back.
 *
 * Work that takes longer than the deadline rejects with RegistryUnavailable and loses its
 * connection: a frozen server cannot hold up a caller. The server may still do what was sent to it.
 * Work that got no connection rejects with RegistryNotAsked, and nothing of it was sent.
 */
export class Database {
  readonly #connections: Connections;
  readonly #gate: ConnectionGate;
  readonly #turns = new Turns();
  readonly #deadlineMs: number;
  readonly #pool: string;
  #full: { readonly reason: string; readonly since: number } | null = null;

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({ url, deadlineMs = 2000, poolSize = 10, pool = 'registry' }: DatabaseOptions) {
    this.#pool = pool;
    this.#deadlineMs = deadlineMs;
    this.#connections = new Connections(readDatabaseUrl(url), deadlineMs);
    this.#gate = new ConnectionGate(poolSize);
  }

  /** Runs `work` outside a transaction: each of its statements commits by itself. */
  run<T>(work: (session: Session) => Promise<T>, options: WorkOptions = {}): Promise<T> {
    return this.#withDeadline(options, (deadline) =>
      this.#onConnection('each statement', deadline, options, (connection) =>
        work(openSession(connection, deadline)),
      ),
    );
  }

  /**
   * Runs `work` in one transaction at READ COMMITTED. If the server rolls it back because of a lock,
   * all of it is run again: nothing was committed.
   */
  transaction<T>(work: (session: Session) => Promise<T>, options: WorkOptions = {}): Promise<T> {
    const delayMs = backOff({ firstMs: 10, maxMs: 100, jitter: Math.random });
    return this.#withDeadline(options, async (deadline) => {
      for (let attempt = 1; ; attempt++) {
        try {
          const result = await this.#onConnection('transaction', deadline, options, (connection) =>
            transact(connection, deadline, work),
          );
          this.#full = null;
          return result;
        } catch (error) {
          if (attempt === transactionAttempts || !isTransient(error)) throw error;
          await deadline.race(wait(delayMs(attempt)));
        }
      }
    });
  }

  /**
   * Why the server could not store something within the last minute; null if it could, or has stored
   * something since. A full disk does not show in every statement: one that changes a row in place
   * still succeeds.
   */
  get storageFault(): string | null {
    const isRecent = this.#full !== null && performance.now() - this.#full.since < fullForMs;
    return isRecent ? this.#full!.reason : null;
  }

  /** Closes all connections within the deadline; work still under way fails. */
  async end(): Promise<void> {
    const deadline = new Deadline(this.#deadlineMs);
    await this.#connections.end(deadline);
    deadline.clear();
  }

  async #withDeadline<T>(
    { subjects = [], lane = 'call' }: WorkOptions,
    work: (deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(this.#deadlineMs);
    const askedAt = performance.now();
    const tellResult = (result: Measurements['databaseWork']['result']) =>
      tell('databaseWork', { pool: this.#pool, lane, result, ms: performance.now() - askedAt });
    try {
      const endTurn = await this.#waiting((waiting) => this.#turns.take(subjects, waiting.race));
      const done = await work(deadline).finally(endTurn);
      tellResult('done');
      return done;
    } catch (error) {
      const met = deadline.isExpired ? 'deadline' : 'failed';
      tellResult(error instanceof RegistryNotAsked ? 'not-asked' : met);
      throw toRegistryError(error);
    } finally {
      deadline.clear();
    }
  }

  /** Runs what only waits; it has a part of the deadline. */
  async #waiting<T>(wait: (waiting: Deadline) => Promise<T>): Promise<T> {
    const ms = Math.round(this.#deadlineMs * waitingShare);
    const waiting = new Deadline(ms, notAsked);
    try {
      return await wait(waiting);
    } finally {
      waiting.clear();
    }
  }

  async #onConnection<T>(
    mode: CommitMode,
    deadline: Deadline,
    { lane = 'call' }: WorkOptions,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#acquire(mode, deadline, lane);
    let isClean = true;
    try {
      return await work(connection);
    } catch (error) {
      isClean = !deadline.isExpired && leavesSession(error);
      if (isStorageFull(error))
        this.#full = { reason: describeDatabaseError(error), since: performance.now() };
      throw error;
    } finally {
      if (isClean) this.#connections.giveBack(connection, mode);
      else this.#connections.discard(connection);
      this.#gate.leave(lane);
    }
  }

  async #acquire(mode: CommitMode, deadline: Deadline, lane: Lane): Promise<Connection> {
    const askedAt = performance.now();
    await this.#waiting(async (waiting) => {
      const place = this.#gate.enter(lane, waiting.signal);
      if (place === null) throw new RegistryNotAsked('too many wait for the registry already');
      await waiting.race(place);
    }).finally(() => tell('databaseWait', { pool: this.#pool, lane, ms: performance.now() - askedAt }));
    const taking = this.#connections.take(mode);
    try {
      return await deadline.race(taking);
    } catch (error) {
      // One that arrives after the deadline is kept; until then it has its place.
      void taking
        .then(
          (late) => this.#connections.giveBack(late, mode),
          () => undefined,
        )
        .finally(() => this.#gate.leave(lane));
      const isUnusable = error instanceof SchemaError || isRefusal(error);
      throw new (isUnusable ? RegistryUnusable : RegistryNotAsked)(describeAcquisition(error));
    }
  }
}

function describeAcquisition(error: unknown): string {
  if (error instanceof ExpectedError) return error.message;
  return `the registry failed: ${describeDatabaseError(error)}`;
}
