/**
 * Understands just enough of MySQL's protocol to know which step of a call a packet belongs to
 * (MySQL Internals, Client/Server Protocol: COM_QUERY, COM_STMT_PREPARE, COM_STMT_EXECUTE).
 */
import { stepOfStatement, type DatabaseStep } from './steps.ts';

/** One packet from the application that the server answers. */
export interface Statement {
  /** Null if it belongs to no call, or only prepares a statement. */
  readonly step: DatabaseStep | null;
}

const command = { query: 0x03, prepare: 0x16, execute: 0x17 };
/** Packet header: 3 bytes of length, 1 byte of sequence number. */
const headerLength = 4;

/** Reads the packets of one connection. */
export class StatementReader {
  readonly #prepared = new Map<number, string>();
  #preparing: string | undefined;
  /** Whether each statement is committed by itself. */
  #autocommits = true;
  /** The transaction in progress; undefined if there is none. */
  #transaction: { step: DatabaseStep | null } | undefined;

  get isInTransaction(): boolean {
    return this.#transaction !== undefined;
  }

  /** Reads a packet. Null if it is no command, but part of the handshake. */
  read(packet: Buffer): Statement | null {
    if (packet.length <= headerLength || packet[3] !== 0) return null;
    const kind = packet[headerLength];
    const text = packet.subarray(headerLength + 1);
    if (kind === command.prepare) {
      this.#preparing = text.toString();
      return { step: null };
    }
    if (kind === command.execute)
      return { step: this.#stepOf(this.#prepared.get(text.readUInt32LE(0)) ?? '') };
    // mysql2 puts query attributes before the text if the server supports them.
    return kind === command.query
      ? { step: this.#control(/[A-Z].*$/s.exec(text.toString())?.[0] ?? '') }
      : null;
  }

  /** Must be given every answer of the server. */
  answered(packet: Buffer): void {
    if (this.#preparing === undefined) return;
    if (packet[headerLength] === 0)
      this.#prepared.set(packet.readUInt32LE(headerLength + 1), this.#preparing);
    this.#preparing = undefined;
  }

  #control(sql: string): DatabaseStep | null {
    const step = this.#transaction?.step ?? null;
    if (sql.startsWith('SET autocommit')) this.#autocommits = sql.endsWith('1');
    else if (sql.startsWith('COMMIT') || sql.startsWith('ROLLBACK')) this.#transaction = undefined;
    if (!sql.startsWith('COMMIT') || step === null) return null;
    const commit = `${step}: COMMIT`;
    // Voiding has a single statement, so its COMMIT is no step of its own.
    return commit === 'reset voided: COMMIT' ? 'reset voided' : (commit as DatabaseStep);
  }

  #stepOf(sql: string): DatabaseStep | null {
    if (this.#autocommits) return stepOfStatement(sql);
    const step = stepOfStatement(sql) ?? this.#transaction?.step ?? null;
    this.#transaction = { step };
    return step;
  }
}
