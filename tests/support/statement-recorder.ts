/** A look at what really goes over the wire to a database: every command of every connection, in order. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

// Command bytes of MySQL's protocol (COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE).
const query = 0x03;
const prepare = 0x16;
const execute = 0x17;

/** Relays to a database and notes what it is asked. Not encrypted connections only. */
export class StatementRecorder {
  readonly #server = createServer((client) => this.#relay(client));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #commands: string[] = [];

  private constructor(target: URL) {
    this.#target = target;
  }

  static async start(databaseUrl: string): Promise<StatementRecorder> {
    const recorder = new StatementRecorder(new URL(databaseUrl));
    recorder.#server.listen(0, '127.0.0.1');
    await once(recorder.#server, 'listening');
    return recorder;
  }

  /** The database's URL, through the recorder. */
  get url(): string {
    const url = new URL(this.#target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    return url.href;
  }

  /** What the database was asked since the last time: statements, prepared ones by their text. */
  take(): string[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #relay(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const statements = new Map<number, string>();
    let preparing: string | undefined;
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => [client, server].forEach((one) => one.destroy()));
    }
    // mysql2 sends one command and waits for its answer, so each chunk begins with a packet.
    client.on('data', (data) => {
      const [sequence, command, text] = [
        data[3],
        data[4],
        data
          .subarray(5)
          .toString('latin1')
          .replace(/^[^ -~]+/, ''),
      ];
      if (sequence === 0 && command === prepare) preparing = text;
      if (sequence === 0 && command === query) this.#commands.push(text);
      if (sequence === 0 && command === execute) this.#commands.push(statements.get(data.readUInt32LE(5)) ?? 'a statement nobody prepared');
      server.write(data);
    });
    server.on('data', (data) => {
      if (preparing !== undefined && data[4] === 0) statements.set(data.readUInt32LE(5), preparing);
      preparing = undefined;
      client.write(data);
    });
  }
}
