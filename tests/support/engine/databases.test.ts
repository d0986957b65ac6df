import { afterAll, beforeAll } from '@jest/globals';
import { createConnection } from 'mysql2/promise';
import { databaseKinds, startDatabase, type Database } from './databases.ts';
import { describeWithDatabase } from './describe-with-docker.ts';

const versions = { mariadb: /^11\.8\..*MariaDB/, 'mariadb-10.11': /^10\.11\..*MariaDB/, mysql: /^9\./ };

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `the ${kind} server for tests`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await startDatabase(kind);
    }, 120_000);
    afterAll(() => database?.stop());

    async function query(sql: string): Promise<Record<string, unknown>> {
      const connection = await createConnection(database.url);
      try {
        const [rows] = await connection.query(sql);
        return (rows as Record<string, unknown>[])[0] ?? {};
      } finally {
        await connection.end();
      }
    }

    test('is really of the kind and version asked for', async () => {
      expect(String((await query('SELECT VERSION() AS version'))['version'])).toMatch(versions[kind]);
    });

    test('listens on loopback only', () => {
      expect(new URL(database.url).hostname).toMatch(/^(127\.0\.0\.1|localhost)$/);
    });

    test('keeps what was committed when it is killed', async () => {
      await query('CREATE TABLE kept (n INT PRIMARY KEY)');
      await query('INSERT INTO kept VALUES (7)');
      await database.kill();
      await expect(query('SELECT 1')).rejects.toThrow();
      await database.restart();
      expect(await query('SELECT n FROM kept')).toEqual({ n: 7 });
    }, 120_000);

    test('answers nothing while it is paused, and goes on afterwards', async () => {
      await database.pause();
      await expect(createConnection({ uri: database.url, connectTimeout: 500 })).rejects.toThrow('ETIMEDOUT');
      await database.resume();
      expect(await query('SELECT 1 AS one')).toEqual({ one: 1 });
    });
  });
}
