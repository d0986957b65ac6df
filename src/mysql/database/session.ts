import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { Deadline } from './deadline.ts';

export type Value = string | number | null;

/** One connection, for the time of one piece of work. */
export interface Session {
  /** The rows of a SELECT. Values go beside the statement, never into it. */
  select<Row extends object>(sql: string, values: readonly Value[]): Promise<Row[]>;
  /** How many rows an INSERT, UPDATE or DELETE has really changed. */
  change(sql: string, values: readonly Value[]): Promise<number>;
}

/** A session whose statements all end with `deadline`. */
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
