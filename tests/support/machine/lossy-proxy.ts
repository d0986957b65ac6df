/** A proxy between application and database that can lose or delay exactly the packet a test chooses. */
import { TcpProxy, type Connection } from './tcp-proxy.ts';

/**
 * What happens to the next COMMIT.
 *
 * - `lose-commit`: it never reaches the server, and the connection is cut.
 * - `lose-answer`: the server executes it, and the connection is cut before the answer.
 */
export type Loss = 'lose-commit' | 'lose-answer';

/** As mysql2 sends it: at the end of a packet, after a header whose length depends on the server. */
const commit = 'COMMIT';
/** `READ COMMITTED` must not count as a commit, so compare the end of the packet. */
const says = (packet: Buffer, text: string) =>
  text === commit ? packet.subarray(-commit.length).toString('latin1') === commit : packet.includes(text);

export class LossyProxy extends TcpProxy {
  #loss: Loss | undefined;
  #held: { text: string; meanwhile: () => Promise<unknown> } | undefined;

  /** Applies a loss to the next COMMIT only. */
  loseNext(loss: Loss): void {
    this.#loss = loss;
  }

  /**
   * Delays the next packet to the server that contains this text until `meanwhile` is done. Resolves
   * or rejects as `meanwhile` does.
   */
  holdNext(text: string, meanwhile: () => Promise<unknown>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#held = { text, meanwhile: () => meanwhile().then(() => resolve(), reject) };
    return promise;
  }

  protected override relay({ client, server, breakOff }: Connection): void {
    let awaitsAnswer = false;
    client.on('close', breakOff);
    client.on('data', (data) => {
      const loss = says(data, commit) ? this.#loss : undefined;
      if (loss !== undefined) this.#loss = undefined;
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
