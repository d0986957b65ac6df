/** Would the registry take what a call brings? For health checks, of which there may be many. */
import { RegistryUnusable } from '../../registry/registry-unavailable.ts';
import type { Database } from '../database/database.ts';
import { isTransient } from '../database/database-error.ts';
import type { Session } from '../database/session.ts';
import { findLackingRights } from '../schema/application-rights.ts';
import { findLostTables, type Select } from '../schema/schema-check.ts';

/** An answer stands for this long, so that health checks do not load the database, ms. */
const standsMs = 2000;

/** What a call needs of the registry, each with why it is not so; null: it is. */
export interface RegistryParts {
  /** A change was stored just now. */
  readonly registry: string | null;
  /** All the tables are there, as this version knows them, and the rights to use them. */
  readonly schema: string | null;
}

export class Readiness {
  readonly #database: Database;
  #answer: Promise<RegistryParts> = Promise.resolve({ registry: null, schema: null });
  #askedAt = -Infinity;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Never rejects. Checks at the same time share one answer. */
  check(): Promise<RegistryParts> {
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
  async #probe(): Promise<RegistryParts> {
    const bucket = Math.floor(Math.random() * 4096);
    try {
      const fault = await this.#database.run(async (session) => {
        await touch(session, bucket);
        const select: Select = (sql, values) => session.select(sql, values);
        return (await findLostTables(select)) ?? findLackingRights(select);
      });
      const schema = fault === null ? null : `the registry cannot be used: ${fault}`;
      return { registry: this.#database.storageFault, schema };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof RegistryUnusable) return { registry: null, schema: message };
      return { registry: message, schema: null };
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
