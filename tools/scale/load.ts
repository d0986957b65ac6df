/** How fast `hotline import` loads a registry, beside the database's own bulk loader with the same columns. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { unusablePasswordHash } from '../../src/mysql/import/unusable-password.ts';
import { personOf } from './people.ts';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import type { LoadResult } from './result.ts';
import { withOwner, type Schema } from './server.ts';

const checkout = join(import.meta.dirname, '../..');
const linesAtOnce = 10_000;
const turns = 2;

/** Writes a file of so many people. @param edition see {@link personOf} */
export async function writePeople(path: string, lines: number, edition: number): Promise<void> {
  const file = createWriteStream(path);
  file.write('bhxh_code,phone\n');
  for (let first = 1; first <= lines; first += linesAtOnce) {
    const count = Math.min(linesAtOnce, lines - first + 1);
    const text = Array.from({ length: count }, (_, index) => lineOf(first + index, edition)).join('');
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await once(file, 'close');
}

function lineOf(id: number, edition: number): string {
  const { bhxhCode, phone } = personOf(id, edition);
  return `${bhxhCode},0${phone.slice('+84'.length)}\n`;
}

/** As docs/operating.md says it. Resolves with the seconds that it took. */
export async function importPeople({ url }: Schema, path: string): Promise<number> {
  const begun = performance.now();
  const environment = { DATABASE_URL: url, DATABASE_OWNER_URL: url, BHXH_CODE_LENGTHS: '10' };
  const command = ['src/cli.ts', 'import', path, '--json'];
  const child = spawn(process.execPath, command, {
    cwd: checkout,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`hotline import ended with ${code}`);
  return (performance.now() - begun) / 1000;
}

/** LOAD DATA as it comes, in one transaction. @param replaces whether rows with the same code are replaced */
export async function loadPeople({ url }: Schema, path: string, replaces: boolean): Promise<number> {
  const connection = await createConnection({ uri: url, infileStreamFactory: () => createReadStream(path) });
  try {
    const begun = performance.now();
    await connection.query(
      `LOAD DATA LOCAL INFILE 'people' ${replaces ? 'REPLACE' : ''} INTO TABLE accounts FIELDS TERMINATED BY ',' IGNORE 1 LINES (bhxh_code, @phone)
       SET phone = CONCAT('+84', SUBSTRING(@phone, 2)), password_hash = ?, created_at = UTC_TIMESTAMP(3), updated_at = UTC_TIMESTAMP(3)`,
      [unusablePasswordHash],
    );
    return (performance.now() - begun) / 1000;
  } finally {
    connection.destroy();
  }
}

/** Takes turns, each on an empty registry: twice, since the machine is not the same at any two moments. */
export async function compareImport(
  schema: Schema,
  lines: number,
  say: (line: string) => void,
): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-scale-'));
  const [first, second] = [join(folder, 'first.csv'), join(folder, 'second.csv')];
  const times = { added: { import: [] as number[], loader: [] as number[] }, changed: { import: [] as number[], loader: [] as number[] } }; // prettier-ignore
  try {
    await migrate(schema.url, { applicationUrl: schema.applicationUrl });
    await writePeople(first, lines, 0);
    await writePeople(second, lines, 1);
    for (let turn = 0; turn < turns; turn++) {
      await empty(schema);
      times.added.loader.push(await loadPeople(schema, first, false));
      times.changed.loader.push(await loadPeople(schema, second, true));
      await empty(schema);
      times.added.import.push(await importPeople(schema, first));
      times.changed.import.push(await importPeople(schema, second));
      say(`imported and loaded ${lines} lines: ${JSON.stringify(times)}`);
    }
    return { lines, ...times };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param schema to which nothing refers */
async function empty(schema: Schema): Promise<void> {
  await withOwner(schema, async (connection) => {
    await connection.query('SET SESSION foreign_key_checks = 0');
    await connection.query('TRUNCATE accounts');
  });
}
