/** A network between application and database that can lose exactly the packet a test wants. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * What happens to the next COMMIT.
 *
 * - `lose-commit`: it never reaches the server, and the connection breaks.
 * - `lose-answer`: the server carries it out, and the connection breaks instead of the answer.
 */
export type Loss = 'lose-commit' | 'lose-answer';

/** As mysql2 sends it: text, after a header whose length depends on the server. */
const commit = Buffer.from('COMMIT');

export class LossyProxy {
  readonly #server = createServer((client) => this.#relay(client));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #loss: Loss | undefined;
  /** How often it broke a connection. */
  losses = 0;

  private constructor(target: URL) {
    this.#target = target;
  }

  /** Listens on loopback for connections to the database of this URL. */
  static async start(databaseUrl: string): Promise<LossyProxy> {
    const proxy = new LossyProxy(new URL(databaseUrl));
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The database's URL, through the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** Loses something at the next COMMIT, once. */
  loseNext(loss: Loss): void {
    this.#loss = loss;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    let awaitsAnswer = false;
    const breakOff = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', breakOff).on('close', breakOff);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    client.on('data', (data) => {
      const loss = data.includes(commit) ? this.#loss : undefined;
      if (loss !== undefined) {
        this.#loss = undefined;
        this.losses++;
      }
      if (loss === 'lose-commit') return breakOff();
      awaitsAnswer = loss === 'lose-answer';
      server.write(data);
    });
    server.on('data', (data) => (awaitsAnswer ? breakOff() : client.write(data)));
  }
}
