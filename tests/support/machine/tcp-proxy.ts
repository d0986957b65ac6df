/** What proxies before a database have in common: where they listen, how they are reached, how they end. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Both ends of a connection through the proxy. */
export interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  /** Ends both at once, losing what is under way. */
  readonly breakOff: () => void;
}

export abstract class TcpProxy {
  /** While set, who connects is turned away. */
  protected isRefusing = false;
  readonly #target: URL;
  readonly #server = createServer((client) => this.#accept(client));
  readonly #open = new Set<Connection>();

  constructor(target: URL) {
    this.#target = target;
  }

  /** Listens on loopback, at any free port unless told, for connections to the server of this URL. */
  static async start<Proxy extends TcpProxy>(
    this: new (target: URL) => Proxy,
    serverUrl: string,
    port = 0,
  ): Promise<Proxy> {
    const proxy = new this(new URL(serverUrl));
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** The server's URL, through the proxy. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  async stop(): Promise<void> {
    this.breakConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Passes on what is to be passed on, and decides what becomes of the server's end when the client leaves. */
  protected abstract relay(connection: Connection): void;

  protected breakConnections(): void {
    for (const { breakOff } of this.#open) breakOff();
  }

  #accept(client: Socket): void {
    if (this.isRefusing) return void client.destroy();
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const breakOff = () => {
      client.destroy();
      server.destroy();
    };
    const connection = { client, server, breakOff };
    this.#open.add(connection);
    for (const socket of [client, server]) socket.on('error', () => undefined); // "close" follows
    server.on('close', () => {
      this.#open.delete(connection);
      breakOff();
    });
    this.relay(connection);
  }
}
