/** Stores staged lines in short transactions, so that calls are served meanwhile. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from 'mysql2/promise';
import { describeDatabaseError, isTransient } from '../database/database-error.ts';
import { ImportFailed } from './import-error.ts';
import type { Published, Staging } from './staging.ts';

/** Bytes of the file that were read, or line numbers that were stored, of all. */
export interface ImportProgress {
  phase: 'reading' | 'storing';
  done: number;
  total: number;
  /** Read so far. */
  lines: number;
}

/**
 * Line numbers a transaction: a caller whose account is among them waits for its end, and a replica
 * applies it whole.
 */
const linesPerChunk = 2000;

/**
 * A call may hold a row of a chunk. Then the chunk gives its own rows back and tries again: calls come
 * first. A minute of this means that somebody else holds it.
 */
const attemptsPerChunk = 50;
const pauseMs = 200;

/**
 * @param lines read from the file, for the progress alone
 * @throws ImportFailed that says that some accounts were stored; the database's own error if none was
 */
export async function publish(
  connection: Connection,
  staging: Staging,
  lines: number,
  onProgress?: (progress: ImportProgress) => void,
): Promise<Published> {
  const total = await staging.lastLine();
  const sum: Published = { added: 0, updated: 0 };
  let begun = false;
  try {
    for (let from = 1; from <= total; from += linesPerChunk) {
      const { added, updated } = await storeChunk(
        connection,
        () => {
          return staging.publish(from, from + linesPerChunk - 1);
        },
        () => (begun = true),
      );
      sum.added += added;
      sum.updated += updated;
      onProgress?.({ phase: 'storing', done: Math.min(total, from + linesPerChunk - 1), total, lines });
    }
    return sum;
  } catch (error) {
    if (!begun) throw error;
    throw new ImportFailed(
      `The database failed while accounts were stored (${describeDatabaseError(error)}): ${sum.added + sum.updated} accounts are known to be as in the file, every other one is as it was or as in the file; run the same import again, which completes it`,
    );
  }
}

/** @param onCommit called before the first commit: from then on an error may mean "stored" */
async function storeChunk(
  connection: Connection,
  store: () => Promise<Published>,
  onCommit: () => void,
): Promise<Published> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.beginTransaction();
      const published = await store();
      onCommit();
      await connection.commit();
      return published;
    } catch (error) {
      if (!isTransient(error) || attempt === attemptsPerChunk) throw error;
      await connection.rollback();
      await delay(pauseMs);
    }
  }
}
