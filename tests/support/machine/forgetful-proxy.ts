/** A firewall or balancer between application and database that forgets connections and tells nobody. */
import { TcpProxy, type Connection } from './tcp-proxy.ts';

export class ForgetfulProxy extends TcpProxy {
  readonly #known = new Set<Connection>();
  #isSilent = false;

  /** Connections on which something passes. */
  get known(): number {
    return this.#known.size;
  }

  /** From now on nothing passes on the connections there are, and neither end hears of it. New ones work. */
  forget(): void {
    this.#known.clear();
  }

  /** Also lets nothing pass on new connections, until it is told `false`. */
  beSilent(isSilent: boolean): void {
    this.#isSilent = isSilent;
    this.forget();
  }

  protected override relay(connection: Connection): void {
    const { client, server, breakOff } = connection;
    if (!this.#isSilent) this.#known.add(connection);
    const passes = () => this.#known.has(connection);
    client.on('data', (data) => passes() && server.write(data));
    server.on('data', (data) => passes() && client.write(data));
    client.on('close', () => {
      if (passes()) breakOff();
      this.#known.delete(connection);
    });
  }
}
