import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RowDataPacket } from 'mysql2/promise';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { importPeople, loadPeople, writePeople } from '../../tools/scale/load.ts';
import { measure, memories } from '../../tools/scale/measure.ts';
import { operations, type Operation } from '../../tools/scale/operations.ts';
import { personOf } from '../../tools/scale/people.ts';
import { addSchema, schemaOf, startServer, withOwner, type Schema } from '../../tools/scale/server.ts';
import type { Database } from '../support/engine/databases.ts';
import { describeWithDatabase } from '../support/engine/describe-with-docker.ts';

const quietly = () => undefined;

describeWithDatabase('mariadb', 'the measurement by size', () => {
  let server: Database;
  const schemas: Schema[] = [];
  beforeAll(async () => {
    server = await startServer(null);
    schemas.push(await addSchema(server, 'scale_1', { accounts: 1000, rows: 1000 }, quietly));
    schemas.push(await addSchema(server, 'scale_2', { accounts: 4000, rows: 2000 }, quietly));
  }, 120_000);
  afterAll(() => server?.stop());

  const read = async (schema: Schema, sql: string) => {
    const [rows] = await withOwner(schema, (connection) => connection.query<RowDataPacket[]>(sql));
    return rows;
  };

  test('the people of a filled registry are those who call', async () => {
    const rows = await read(schemas[1]!, 'SELECT id, bhxh_code AS bhxhCode, phone FROM accounts ORDER BY id');
    expect(rows).toEqual(
      Array.from({ length: 4000 }, (_, index) => {
        const { id, bhxhCode, phone } = personOf(index + 1);
        return { id, bhxhCode, phone };
      }),
    );
    const ids = await read(
      schemas[1]!,
      'SELECT account_id AS id, code FROM account_codes ORDER BY account_id',
    );
    expect(ids).toEqual(ids.map(({ id }) => ({ id, code: personOf(Number(id)).personalId })));
  });

  test('at every size people call, their rows are sealed behind the old ones, and all of it is timed', async () => {
    const rounds = 3;
    const results = await measure(schemas, { rounds, seed: 1 }, quietly);
    const once = Object.fromEntries(Object.keys(operations).map((name) => [name, rounds]));
    const times = { ...once, open: 2 * rounds, mismatch: 2 * rounds, start: 1 };
    for (const measured of results)
      for (const memory of memories)
        for (const [name, expected] of Object.entries(times))
          expect(measured[memory][name as Operation]).toMatchObject({
            times: expected,
            p99: expect.any(Number),
          });
    const [sealed] = await read(
      schemas[0]!,
      'SELECT COUNT(*) AS rows_, MAX(row_id) AS last FROM audit_sealed_rows',
    );
    expect(sealed).toEqual({ rows_: 1000 + 4 * rounds, last: expect.anything() });
    const changed = await read(schemas[0]!, "SELECT COUNT(*) AS n FROM resets WHERE state = 'activated' AND settled_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR"); // prettier-ignore
    expect(changed).toEqual([{ n: 2 * rounds }]);
  }, 60_000);

  test('import and loader make the same registry of one file, and the same changes to it', async () => {
    const schema = schemaOf(server, 'hotline', { accounts: 0, rows: 0 });
    await migrate(schema.url, { applicationUrl: schema.applicationUrl });
    const folder = mkdtempSync(join(tmpdir(), 'hotline-scale-'));
    const accounts = () =>
      read(schema, 'SELECT bhxh_code, phone, password_hash FROM accounts ORDER BY bhxh_code');
    try {
      const files = ['first.csv', 'second.csv'].map((name) => join(folder, name));
      for (const [edition, file] of files.entries()) await writePeople(file, 2500, edition);
      const seen = [];
      for (const file of files) {
        await importPeople(schema, file);
        seen.push(await accounts());
      }
      await read(schema, 'DELETE FROM accounts');
      for (const [edition, file] of files.entries()) {
        await loadPeople(schema, file, edition > 0);
        expect(await accounts()).toEqual(seen[edition]);
      }
      expect(seen[0]).toHaveLength(2500);
      expect(seen[1]).not.toEqual(seen[0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 60_000);
});
