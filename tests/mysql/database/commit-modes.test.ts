/** Connections that commit each statement, and those that commit by transaction. */
import { createConnection } from 'mysql2/promise';
import { Database } from '../../../src/mysql/database/database.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `one connection of ${kind} for statements and transactions`, (database) => {
    let pool: Database;
    beforeEach(async () => {
      await database.owner.pool.query('UPDATE limit_locks SET turns = 0');
      pool = database.endLater(new Database({ url: database.applicationUrl, poolSize: 1 }));
    });

    const takeTurn = 'UPDATE limit_locks SET turns = turns + 1 WHERE bucket = ?';
    const turns = async () =>
      (
        await database.owner.rows<{ turns: number }>('SELECT turns FROM limit_locks WHERE bucket IN (1, 2)')
      ).map((row) => row.turns);
    const fail = () => Promise.reject(new Error('no'));

    test('commits each statement of a run, and the statements of a transaction all or none, in any order', async () => {
      for (let round = 1; round <= 2; round++) {
        const run = pool.run((session) => session.change(takeTurn, [1]).then(fail));
        await expect(run).rejects.toThrow('no');
        expect(await turns()).toEqual([round, round - 1]);
        const failing = pool.transaction((session) => session.change(takeTurn, [2]).then(fail));
        await expect(failing).rejects.toThrow('no');
        expect(await turns()).toEqual([round, round - 1]);
        await pool.transaction((session) => session.change(takeTurn, [2]));
        expect(await turns()).toEqual([round, round]);
      }
    });

    test('has no transaction open while it is idle: its tables can be changed', async () => {
      const look = 'SELECT 1 FROM attempts FOR UPDATE';
      const owner = await createConnection(database.url);
      try {
        await owner.query('SET lock_wait_timeout = 1');
        const change = () => owner.query("ALTER TABLE attempts COMMENT = 'as it was'");
        const changing = await pool.transaction(async (session) => {
          await session.select(look, []);
          return change().catch((error: NodeJS.ErrnoException) => error.code);
        });
        expect(changing).toBe('ER_LOCK_WAIT_TIMEOUT');
        await change();
        await expect(pool.transaction((session) => session.select(look, []).then(fail))).rejects.toThrow(
          'no',
        );
        await change();
      } finally {
        await owner.end();
      }
    });
  });
}
