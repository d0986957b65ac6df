import type { CallArchive } from '../../registry/call-archive.ts';
import type { CallFigures } from '../../registry/call-figures.ts';
import type { LiveFigures } from '../../registry/live-figures.ts';
import { Database } from '../database/database.ts';
import { figuresOf, stepsOf } from './figures.ts';
import * as archive from './read-archive.ts';
import { readFigures } from './read-figures.ts';
import { readLive } from './read-live.ts';

/** Few, so that pages leave the database's connections and its processors to the calls. */
const poolSize = 3;
/** Pages should take a tenth of a second; one that takes this long is given up, ms. */
const pageDeadlineMs = 3000;

/**
 * What the pages of the console show, on connections of its own: however many people look, no call waits for a
 * connection that a page holds.
 */
export class MysqlReports {
  readonly figures: CallFigures;
  readonly archive: CallArchive;
  readonly live: LiveFigures;
  readonly #database: Database;

  /**
   * Does not connect yet.
   *
   * @param options.url DATABASE_URL
   * @param options.deadlineMs longest wait for one answer; default: what a page waits
   * @throws DatabaseUrlError
   */
  constructor({ url, deadlineMs = pageDeadlineMs }: { readonly url: string; readonly deadlineMs?: number }) {
    const database = new Database({ url, deadlineMs, poolSize, pool: 'reports' });
    this.#database = database;
    this.figures = {
      read: async (range) => {
        const steps = stepsOf(range);
        return figuresOf(steps, await readFigures(database, steps));
      },
    };
    this.archive = {
      list: (filter, before) => database.run((session) => archive.list(session, filter, before)),
      read: (callId) => database.run((session) => archive.read(session, callId)),
      nodes: () => database.run((session) => archive.nodes(session)),
    };
    this.live = { read: () => database.run(readLive) };
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await this.#database.end();
  }
}
