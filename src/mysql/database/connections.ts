/** The connections of one pool: made when needed, kept for a while, checked before they are used again. */
import type { Socket } from 'node:net';
import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import pTimeout from 'p-timeout';
import type { Deadline } from './deadline.ts';
import { requireWholeSchema } from '../schema/schema-check.ts';
import { setUpSession } from './session-set-up.ts';
import { selectOn } from './with-connection.ts';

/**
 * A firewall or balancer forgets a quiet connection without telling either end. TCP then finds out by
 * its keep-alive probes (this long after the last data, then ten, a second apart), which also keep most
 * of them from forgetting.
 */
const keepAliveMs = 10_000;
/** A connection that was not used for this long is asked whether it still answers. */
const trustedMs = 2000;
/** The longest wait for that answer, ms. */
const maxCheckMs = 500;
/** A connection that was not used for this long is closed. */
const maxIdleMs = 60_000;
/** Statements kept prepared on a connection: more than the program has. */
const maxStatements = 500;

/**
 * How the statements of a connection are committed: each by itself, or together by COMMIT. In the second mode a
 * transaction begins with its first statement, so there is none while the connection is idle (docs/adr/0071).
 */
export type CommitMode = 'each statement' | 'transaction';

const setMode: Readonly<Record<CommitMode, string>> = {
  'each statement': 'SET autocommit = 1',
  transaction: 'SET autocommit = 0',
};

interface IdleConnection {
  readonly connection: Connection;
  readonly mode: CommitMode;
  /** Monotonic, ms. */
  readonly since: number;
}

export class Connections {
  readonly #options: ConnectionOptions;
  readonly #deadlineMs: number;
  readonly #sockets = new Set<Socket>();
  /** The one used last is at the end, and is used next. */
  #idle: IdleConnection[] = [];
  /** What was used last before this moment may be dead, however short ago. */
  #suspectBefore = 0;
  /** Whether the schema was found whole once. */
  #isSchemaWhole = false;
  #isEnded = false;
  readonly #sweeper: NodeJS.Timeout;

  /** Does not connect yet. @param deadlineMs bounds connecting, and what the server may spend on a statement */
  constructor(options: ConnectionOptions, deadlineMs: number) {
    this.#options = {
      ...options,
      connectTimeout: deadlineMs,
      enableKeepAlive: true,
      keepAliveInitialDelay: keepAliveMs,
      flags: ['-FOUND_ROWS'], // with it, affectedRows counts the rows matched instead of those changed
      trace: false, // the stack that mysql2 would take for each statement is never read (database-error.ts)
      maxPreparedStatements: maxStatements, // mysql2 makes room at once for as many as it may keep: by default 16,000
    };
    this.#deadlineMs = deadlineMs;
    this.#sweeper = setInterval(() => this.#closeIdle(maxIdleMs), maxIdleMs / 4).unref();
  }

  /** A connection that answers, with its session set up. @throws errors of mysql2; SchemaError */
  async take(mode: CommitMode): Promise<Connection> {
    if (this.#isEnded) throw new Error('Pool is closed');
    for (let idle = this.#pick(mode); idle !== undefined; idle = this.#pick(mode)) {
      if (await this.#isReady(idle, mode)) return idle.connection;
      destroy(idle.connection);
      this.#closeIdle(trustedMs); // what made this one die will not have spared the others
    }
    return this.#connect(mode);
  }

  /** Keeps a connection, on which no transaction is open, for the next one. @param mode in which it was taken */
  giveBack(connection: Connection, mode: CommitMode): void {
    if (this.#isEnded || !socketOf(connection).writable) return destroy(connection);
    this.#idle.push({ connection, mode, since: performance.now() });
  }

  /** Closes a connection whose state is not known, without waiting for the server. */
  discard(connection: Connection): void {
    this.#suspectBefore = performance.now();
    destroy(connection);
  }

  /** Closes all of them. A frozen server never closes its end, so they are cut at the deadline. */
  async end(deadline: Deadline): Promise<void> {
    this.#isEnded = true;
    clearInterval(this.#sweeper);
    const goodbyes = this.#idle.map(({ connection }) => connection.end());
    await deadline.race(Promise.allSettled(goodbyes)).catch(() => undefined);
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The connection in this mode that was used last. If none is idle, the last one in the other mode: changing it takes less than connecting. */
  #pick(mode: CommitMode): IdleConnection | undefined {
    const own = this.#idle.findLast((idle) => idle.mode === mode);
    const picked = own ?? this.#idle.at(-1);
    this.#idle = this.#idle.filter((idle) => idle !== picked);
    return picked;
  }

  /** Whether it answers, and is in this mode now. */
  async #isReady(idle: IdleConnection, mode: CommitMode): Promise<boolean> {
    if (idle.mode !== mode) return this.#answers(idle.connection.query(setMode[mode]));
    return this.#isTrusted(idle) || this.#answers(idle.connection.ping());
  }

  #isTrusted({ since }: IdleConnection): boolean {
    return since > this.#suspectBefore && performance.now() - since < trustedMs;
  }

  #answers(asked: Promise<unknown>): Promise<boolean> {
    const answer = asked.then(
      () => true,
      () => false,
    );
    const milliseconds = Math.min(maxCheckMs, this.#deadlineMs / 4);
    return pTimeout(answer, { milliseconds, fallback: () => false });
  }

  #closeIdle(ms: number): void {
    const isOld = ({ since }: IdleConnection) => performance.now() - since >= ms;
    for (const { connection } of this.#idle.filter(isOld)) destroy(connection);
    this.#idle = this.#idle.filter((idle) => !isOld(idle));
  }

  async #connect(mode: CommitMode): Promise<Connection> {
    const connection = await createConnection(this.#options);
    const socket = socketOf(connection);
    this.#sockets.add(socket);
    socket.once('close', () => {
      this.#sockets.delete(socket);
      this.#idle = this.#idle.filter((idle) => idle.connection !== connection);
    });
    // An error while it is idle, or a second one, would be an uncaught exception.
    connection.on('error', () => undefined);
    try {
      await pTimeout(this.#setUp(connection, mode), { milliseconds: this.#deadlineMs });
      return connection;
    } catch (error) {
      destroy(connection);
      throw error;
    }
  }

  async #setUp(connection: Connection, mode: CommitMode): Promise<void> {
    // The server must not wait for a lock for a caller who has given up, nor go on with their query.
    const session = setUpSession({ lockWaitSeconds: 1, maxStatementMs: this.#deadlineMs + 1000 });
    for (const statement of session) await connection.query(statement);
    if (!this.#isSchemaWhole) await requireWholeSchema(selectOn(connection));
    this.#isSchemaWhole = true;
    // Last, or what was read above would leave a transaction open.
    if (mode === 'transaction') await connection.query(setMode[mode]);
  }
}

/** mysql2's own destroy leaves the socket half open. */
function destroy(connection: Connection): void {
  const socket = socketOf(connection);
  connection.destroy();
  socket.destroy();
}

/** mysql2 does not declare this property. */
function socketOf(connection: Connection): Socket {
  return (connection as unknown as { connection: { stream: Socket } }).connection.stream;
}
