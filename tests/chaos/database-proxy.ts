/** The network between application and database, in the hands of a test. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** What becomes of one packet of the application: mysql2 sends a statement and awaits its answer, so one chunk is one statement. */
export interface Fate {
  /** Hold it for this long. */
  readonly delayMs?: number;
  /** Break the connection instead of passing it on, or instead of passing the answer on. */
  readonly lose?: 'statement' | 'answer';
  /** Runs when the server's answer has come, before it is passed on. */
  readonly answered?: () => void;
}

/** As mysql2 sends it: text, after a header whose length depends on the server. */
const commit = Buffer.from('COMMIT');

export class DatabaseProxy {
  /** Decides about each packet. Counted from 1 since the last {@link restart}: packets, and COMMITs (0: this is none). */
  onPacket: (statement: number, commit: number) => Fate = () => ({});
  readonly #server = createServer((client) => this.#relay(client));
  readonly #port: number;
  readonly #connections = new Set<() => void>();
  #statements = 0;
  #commits = 0;
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

  /** Counts from 1 again, and lets everything pass. */
  restart(): void {
    [this.#statements, this.#commits] = [0, 0];
    this.onPacket = () => ({});
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
      client.destroy();
    });
    // What the application has sent still arrives after it has left, as in a real network.
    client.on('close', () => void toServer.then(() => server.end()));
    client.on('data', (data) => {
      const fate = this.onPacket(++this.#statements, data.includes(commit) ? ++this.#commits : 0);
      this.#held++;
      toServer = toServer.then(async () => {
        await this.#silence;
        if (fate.delayMs !== undefined) await pause(fate.delayMs);
        this.#held--;
        if (fate.lose === 'statement') return breakOff();
        if (fate.lose === 'answer') answered = breakOff;
        else answered = fate.answered;
        if (server.writable) server.write(data);
      });
    });
    server.on('data', (data) => {
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
