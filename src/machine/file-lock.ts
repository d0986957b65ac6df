import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY (https://sqlite.org/rescode.html): another process has the lock. */
const busy = 5;

/** A lock on a file. The kernel frees it with the process, however that ends. */
export interface FileLock {
  release(): void;
}

/**
 * Locks a file, which is made if it is missing and stays empty. Node has no flock(2); SQLite, which is in
 * Node, locks by fcntl(2). So nothing but this process holds the lock, and a copy of the file none.
 *
 * @returns null if another process has the lock
 * @throws Error if the file cannot be written
 */
export function lockFile(file: string): FileLock | null {
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'); // MEMORY: no second file beside it
  } catch (error) {
    lock.close();
    if ((error as { errcode?: number }).errcode === busy) return null;
    throw error;
  }
  return { release: () => lock.close() };
}
