/** A network between application and database that can lose, or hold up, exactly the packet a test wants. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * What happens to the next COMMIT.
 *
 * - `lose-commit`: it never reaches the server, and the connection breaks.
 * - `lose-answer`: the server carries it out, and the connection breaks instead of the answer.
 */
export type Loss = 'lose-commit' | 'lose-answer';

/** As mysql2 sends it: text at the end of a packet, after a header whose length depends on the server. */
const commit = 'COMMIT';
/** `READ COMMITTED` is no commit. */
const says = (packet: Buffer, text: string) => (text === commit ? packet.subarray(-commit.length).toString('latin1') === commit : packet.includes(text));

export class LossyProxy {
  readonly #server = createServer((client) => this.#relay(client));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #loss: Loss | undefined;
  #held: { text: string; meanwhile: () => Promise<unknown> } | undefined;
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

  /** Holds up the next packet to the server with this text in it until `meanwhile` is done, once. Resolves then, or rejects as `meanwhile` does. */
  holdNext(text: string, meanwhile: () => Promise<unknown>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#held = { text, meanwhile: () => meanwhile().then(() => resolve(), reject) };
    return promise;
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
      const loss = says(data, commit) ? this.#loss : undefined;
      if (loss !== undefined) {
        this.#loss = undefined;
        this.losses++;
      }
      if (loss === 'lose-commit') return breakOff();
      awaitsAnswer = loss === 'lose-answer';
      const held = this.#held !== undefined && says(data, this.#held.text) ? this.#held : undefined;
      if (held === undefined) return void server.write(data);
      this.#held = undefined;
      client.pause();
      void held.meanwhile().then(() => {
        server.write(data);
        client.resume();
      });
    });
    server.on('data', (data) => (awaitsAnswer ? breakOff() : client.write(data)));
  }
}
