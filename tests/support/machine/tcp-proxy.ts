/** The base of the proxies in front of a server: listening, address and shutdown. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** Both ends of a connection through the proxy. */
export interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  /** Cuts both at once; data in transit is lost. */
  readonly breakOff: () => void;
}

export abstract class TcpProxy {
  /** While true, new connections are refused. */
  protected isRefusing = false;
  readonly #target: URL;
  readonly #server = createServer((client) => this.#accept(client));
  readonly #open = new Set<Connection>();

  constructor(target: URL) {
    this.#target = target;
  }

  /** Listens on loopback, by default on a free port, for connections to the server of this URL. */
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

  /** The URL of the server through the proxy. */
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

  /** Relays data, and decides what happens to the server's side when the client disconnects. */
  protected abstract relay(connection: Connection): void;

  /** Cuts every connection; new ones are accepted. */
  breakConnections(): void {
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
