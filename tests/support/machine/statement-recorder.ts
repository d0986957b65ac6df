/** Records what is really sent to a database: every command of every connection, in order. */
import { TcpProxy, type Connection } from './tcp-proxy.ts';

// Command bytes of the MySQL protocol: COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE.
const query = 0x03;
const prepare = 0x16;
const execute = 0x17;

/** Relays to a database and records its commands. Works only for unencrypted connections. */
export class StatementRecorder extends TcpProxy {
  #commands: string[] = [];

  /** Returns the statements since the last call; prepared ones by their text. */
  take(): string[] {
    const commands = this.#commands;
    this.#commands = [];
    return commands;
  }

  protected override relay({ client, server, breakOff }: Connection): void {
    const statements = new Map<number, string>();
    let preparing: string | undefined;
    client.on('close', breakOff);
    // mysql2 sends one command and waits for its answer, so each chunk starts with a packet.
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
      if (sequence === 0 && command === execute)
        this.#commands.push(statements.get(data.readUInt32LE(5)) ?? 'a statement nobody prepared');
      server.write(data);
    });
    server.on('data', (data) => {
      if (preparing !== undefined && data[4] === 0) statements.set(data.readUInt32LE(5), preparing);
      preparing = undefined;
      client.write(data);
    });
  }
}
