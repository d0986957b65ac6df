/** Would the registry take what a call brings? For health checks, of which there may be many. */
import type { Database } from '../database/database.ts';
import { isTransient } from '../database/database-error.ts';
import type { Session } from '../database/session.ts';
import { findLackingRights } from '../schema/application-rights.ts';
import { findLostTables, type Select } from '../schema/schema-check.ts';

/** An answer stands for this long, so that health checks do not load the database, ms. */
const standsMs = 2000;

export class Readiness {
  readonly #database: Database;
  #answer: Promise<string | null> = Promise.resolve(null);
  #askedAt = -Infinity;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Why the registry is not ready; null if it is. Never rejects. Checks at the same time share one answer. */
  check(): Promise<string | null> {
    if (performance.now() - this.#askedAt >= standsMs) {
      this.#askedAt = performance.now();
      this.#answer = this.#probe();
    }
    return this.#answer;
  }

  /**
   * Commits a change: a server that is read-only, half set up or out of space still answers reads. The
   * row is one of those that calls lock; any of them, so that none becomes a bottleneck. Then looks for
   * all the tables and rights, since a restored backup may lack some.
   */
  async #probe(): Promise<string | null> {
    const bucket = Math.floor(Math.random() * 4096);
    try {
      const fault = await this.#database.run(async (session) => {
        await touch(session, bucket);
        const select: Select = (sql, values) => session.select(sql, values);
        return (await findLostTables(select)) ?? findLackingRights(select);
      });
      return fault === null ? this.#database.storageFault : `the registry cannot be used: ${fault}`;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** A call that holds the row shows as well that changes are taken. */
async function touch(session: Session, bucket: number): Promise<void> {
  try {
    await session.change('UPDATE limit_locks SET turns = turns + 1 WHERE bucket = ?', [bucket]);
  } catch (error) {
    if (!isTransient(error)) throw error;
  }
}
