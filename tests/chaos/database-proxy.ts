/** The network between application and database, in the hands of a test. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { StatementReader, type Statement } from './statement-reader.ts';

/** What becomes of one statement: mysql2 sends it and awaits its answer, so one chunk is one statement. */
export interface Fate {
  /** Hold it for this long. */
  readonly delayMs?: number;
  /** Break the connection instead of passing it on, or instead of passing the answer on. */
  readonly lose?: 'statement' | 'answer';
  /** Runs when the server's answer has come, before it is passed on. */
  readonly answered?: () => void;
}

export class DatabaseProxy {
  /** Decides about each statement. */
  onStatement: (statement: Statement) => Fate = () => ({});
  /** What the application's statements see of the server's clock: this much later than it is. */
  clockShiftMs = 0;
  readonly #server = createServer((client) => this.#relay(client));
  readonly #port: number;
  readonly #connections = new Set<() => void>();
  #held = 0;
  #refusing = false;
  #silence: Promise<unknown> = Promise.resolve();

  private constructor(port: number) {
    this.#port = port;
  }

  /** Listens on loopback, at any free port unless told, for connections to a database on loopback. */
  static async start(databasePort: number, port = 0): Promise<DatabaseProxy> {
    const proxy = new DatabaseProxy(databasePort);
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

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
    this.#refusing = true;
    for (const breakOff of this.#connections) breakOff();
    await pause(ms);
    this.#refusing = false;
  }

  /** Lets nothing pass, in either direction, for `ms`; connections stay. */
  async beSilent(ms: number): Promise<void> {
    this.#silence = pause(ms);
    await this.#silence;
  }

  async stop(): Promise<void> {
    for (const breakOff of this.#connections) breakOff();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    if (this.#refusing) return void client.destroy();
    const server = connect(this.#port, '127.0.0.1');
    const reader = new StatementReader();
    const clock = new ServerClock(server);
    let answered: (() => void) | undefined;
    let [toServer, toClient] = [Promise.resolve(), Promise.resolve()];
    const breakOff = () => {
      client.destroy();
      server.destroy();
    };
    this.#connections.add(breakOff);
    client.on('error', () => undefined);
    server.on('error', breakOff);
    server.on('close', () => {
      this.#connections.delete(breakOff);
      clock.gone();
      client.destroy();
    });
    // What the application has sent still arrives after it has left, as in a real network.
    client.on('close', () => void toServer.then(() => server.end()));
    client.on('data', (data) => {
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
      if (clock.takes()) return;
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
    const sql = Buffer.from(`\x03SET timestamp = ${ms === 0 ? 'DEFAULT' : ((Date.now() + ms) / 1000).toFixed(3)}`, 'latin1');
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
