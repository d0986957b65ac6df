/** Records what is really sent to a database: every command of every connection, in order. */
import { TcpProxy, type Connection } from './tcp-proxy.ts';

// Command bytes of the MySQL protocol: COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE.
const query = 0x03;
const prepare = 0x16;
const execute = 0x17;

/** A statement that the server was sent, and answered: one round trip. */
export interface RecordedStatement {
  /** Of a prepared one, its text. */
  readonly sql: string;
  /** Whether it commits changes: its own, or those of its transaction. */
  readonly commitsChanges: boolean;
}

/** Relays to a database and records its commands. Works only for unencrypted connections. */
export class StatementRecorder extends TcpProxy {
  #statements: RecordedStatement[] = [];

  /** Returns the texts of the statements since the last call of this or {@link takeStatements}. */
  take(): string[] {
    return this.takeStatements().map(({ sql }) => sql);
  }

  /** Returns the statements since the last call. */
  takeStatements(): RecordedStatement[] {
    return this.#statements.splice(0);
  }

  protected override relay({ client, server, breakOff }: Connection): void {
    const prepared = new Map<number, string>();
    const commits = new CommitWatch();
    let preparing: string | undefined;
    const record = (sql: string) => this.#statements.push({ sql, commitsChanges: commits.hasCommitted(sql) });
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
      if (sequence === 0 && command === query) record(text);
      if (sequence === 0 && command === execute)
        record(prepared.get(data.readUInt32LE(5)) ?? 'a statement nobody prepared');
      server.write(data);
    });
    server.on('data', (data) => {
      if (preparing !== undefined && data[4] === 0) prepared.set(data.readUInt32LE(5), preparing);
      preparing = undefined;
      client.write(data);
    });
  }
}

/** Tells which statements of one connection commit changes. */
class CommitWatch {
  #autocommits = true;
  #isOpen = false;
  #hasChanged = false;

  /** Must be given every statement of the connection. */
  hasCommitted(sql: string): boolean {
    const autocommit = /\bautocommit = ([01])/.exec(sql)?.[1];
    if (autocommit !== undefined) this.#autocommits = autocommit === '1';
    if (sql === 'START TRANSACTION') this.#isOpen = true;
    if (/^(INSERT|UPDATE|DELETE)\b/.test(sql)) this.#hasChanged = true;
    const isEnd = sql === 'COMMIT' || sql === 'ROLLBACK' || (this.#autocommits && !this.#isOpen);
    if (!isEnd) return false;
    const hasCommitted = this.#hasChanged && sql !== 'ROLLBACK';
    this.#isOpen = this.#hasChanged = false;
    return hasCommitted;
  }
}
