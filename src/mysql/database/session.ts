import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Deadline } from './deadline.ts';

export type Value = string | number | null;

/** A connection, lent for one piece of work. */
export interface Session {
  /** Returns the rows of a SELECT. Values are bound, never written into the statement. */
  select<Row extends object>(sql: string, values: readonly Value[]): Promise<Row[]>;
  /** Runs an INSERT, UPDATE or DELETE and returns how many rows it changed; a row that matched and stayed the same does not count. */
  change(sql: string, values: readonly Value[]): Promise<number>;
}

/** A session on which every statement must answer before `deadline`. */
export function openSession(connection: Connection, deadline: Deadline): Session {
  return {
    async select<Row extends object>(sql: string, values: readonly Value[]) {
      const [rows] = await deadline.race(connection.execute<RowDataPacket[]>(sql, [...values]));
      return rows as Row[];
    },
    async change(sql, values) {
      const [result] = await deadline.race(connection.execute<ResultSetHeader>(sql, [...values]));
      return result.affectedRows;
    },
  };
}
