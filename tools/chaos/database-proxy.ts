/** The network between application and database, under a test's control. */
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TcpProxy, type Connection } from '../../tests/support/machine/tcp-proxy.ts';
import { StatementReader, type Statement } from './statement-reader.ts';

/**
 * What happens to one statement. mysql2 sends one and waits for its answer, so one chunk is one
 * statement.
 */
export interface Fate {
  /** Hold it this long. */
  readonly delayMs?: number;
  /** Break the connection instead of passing on the statement, or its answer. */
  readonly lose?: 'statement' | 'answer';
  /** Runs when the server's answer has come, before it is passed on. */
  readonly answered?: () => void;
}

export class DatabaseProxy extends TcpProxy {
  /** Decides about each statement. */
  onStatement: (statement: Statement) => Fate = () => ({});
  /** How far ahead the application's statements see the server's clock, ms. */
  clockShiftMs = 0;
  readonly #readers = new Map<Socket, StatementReader>();
  readonly #forgotten = new WeakSet<Socket>();
  #held = 0;
  #silence: Promise<unknown> = Promise.resolve();

  /** Packets that have left the application and not yet reached the server. */
  get held(): number {
    return this.#held;
  }

  /** Lets everything pass. */
  restart(): void {
    this.onStatement = () => ({});
  }

  /** Breaks all connections and refuses new ones for `ms`. */
  async refuse(ms: number): Promise<void> {
    this.isRefusing = true;
    this.breakConnections();
    await pause(ms);
    this.isRefusing = false;
  }

  /** Lets nothing pass in either direction for `ms`; connections stay open. */
  async beSilent(ms: number): Promise<void> {
    this.#silence = pause(ms);
    await this.#silence;
  }

  /**
   * Drops idle connections without telling either side, as a firewall does that has forgotten them:
   * what is sent on them arrives nowhere. One in the middle of a transaction is not idle.
   */
  forgetIdleConnections(): void {
    for (const [client, reader] of this.#readers) if (!reader.isInTransaction) this.#forgotten.add(client);
  }

  protected override relay({ client, server, breakOff }: Connection): void {
    const reader = new StatementReader();
    this.#readers.set(client, reader);
    const clock = new ServerClock(server);
    let answered: (() => void) | undefined;
    let [toServer, toClient] = [Promise.resolve(), Promise.resolve()];
    server.on('close', () => clock.gone());
    // What the application has sent still arrives after it has left, as in a real network.
    client.on('close', () => {
      this.#readers.delete(client);
      void toServer.then(() => server.end());
    });
    client.on('data', (data) => {
      if (this.#forgotten.has(client)) return;
      const statement = reader.read(data);
      const fate = statement === null ? {} : this.onStatement(statement);
      this.#held++;
      toServer = toServer.then(async () => {
        await this.#silence;
        if (fate.delayMs !== undefined) await pause(fate.delayMs);
        if (statement !== null) await clock.shift(this.clockShiftMs);
        this.#held--;
        if (fate.lose === 'statement') return breakOff();
        answered = fate.lose === 'answer' ? breakOff : fate.answered;
        if (server.writable) server.write(data);
      });
    });
    server.on('data', (data) => {
      if (clock.takes() || this.#forgotten.has(client)) return;
      reader.answered(data);
      const act = answered;
      answered = undefined;
      act?.();
      toClient = toClient.then(async () => {
        await this.#silence;
        if (client.writable) client.write(data);
      });
    });
  }
}

/**
 * The clock of one connection's statements: `SET timestamp` moves what NOW() and UTC_TIMESTAMP()
 * return, for this session alone. Sent between the application's statements.
 */
class ServerClock {
  readonly #server: Socket;
  #isShifted = false;
  #awaited: PromiseWithResolvers<void> | undefined;

  constructor(server: Socket) {
    this.#server = server;
  }

  async shift(ms: number): Promise<void> {
    if ((ms === 0 && !this.#isShifted) || !this.#server.writable) return;
    this.#isShifted = ms !== 0;
    const sql = Buffer.from(
      `\x03SET timestamp = ${ms === 0 ? 'DEFAULT' : ((Date.now() + ms) / 1000).toFixed(3)}`,
      'latin1',
    );
    this.#awaited = Promise.withResolvers();
    this.#server.write(Buffer.concat([Buffer.from([sql.length, 0, 0, 0]), sql]));
    await this.#awaited.promise;
  }

  /** Whether the server's answer is to us. */
  takes(): boolean {
    const awaited = this.#awaited;
    this.#awaited = undefined;
    awaited?.resolve();
    return awaited !== undefined;
  }

  gone(): void {
    this.#awaited?.resolve();
  }
}
