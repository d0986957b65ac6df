/**
 * Is the schema in the database the whole one of this program? DDL cannot be rolled back, so a migration
 * that was cut short leaves some of the tables, and only its last act records the version.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError } from '../../expected-error.ts';

/** The database has not the schema of this program. One sentence, which says what to do. */
export class SchemaError extends ExpectedError {
  override readonly name = 'SchemaError';
}

/** Runs a SELECT. */
export type Select = <Row extends object>(sql: string, values: readonly string[]) => Promise<Row[]>;

interface ShippedSchema {
  readonly version: number;
  /** Of the newest file, as postgrator records it. */
  readonly md5: string;
  readonly tables: readonly string[];
}

let shipped: ShippedSchema | undefined;

function readShipped(): ShippedSchema {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.sql'));
  const texts = files
    .map((name) => ({ version: Number.parseInt(name, 10), text: readText(name) }))
    .sort((a, b) => a.version - b.version);
  const { version, text } = texts.at(-1)!;
  const tables = texts.flatMap((each) =>
    [...each.text.matchAll(/^CREATE TABLE IF NOT EXISTS (\w+)/gm)].map(([, table]) => table!),
  );
  return { version, md5: createHash('md5').update(text).digest('hex'), tables };
}

/** The tables of this program. */
export function shippedTables(): readonly string[] {
  return (shipped ??= readShipped()).tables;
}

/** With the line ends of the repository, whatever the checkout has. */
function readText(name: string): string {
  return readFileSync(join(import.meta.dirname, name), 'utf8').replaceAll('\r\n', '\n');
}

/**
 * What is wrong with the database's schema, with what to do; null if it is whole. Two SELECTs.
 *
 * @param tables those that must be there
 * @throws errors of mysql2
 */
export async function findSchemaFault(select: Select, tables = shippedTables()): Promise<string | null> {
  const { version, md5 } = (shipped ??= readShipped());
  const [newest] = await readNewest(select);
  if (newest === undefined || newest.version < version)
    return `its schema is not complete (version ${newest?.version ?? 0}, this program needs ${version}): run hotline migrate`;
  if (newest.version > version)
    return `its schema is newer (version ${newest.version}) than this program (${version}): use a newer program`;
  if (newest.md5 !== md5)
    return `its schema was made from another edition of migration ${version} than this program has: use the program that made it, or a new database`;
  return findLostTables(select, tables);
}

/**
 * Which tables are missing, with what to do; null if none is. One SELECT.
 *
 * @throws errors of mysql2
 */
export async function findLostTables(select: Select, tables = shippedTables()): Promise<string | null> {
  const there = await select<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN (${tables.map(() => '?').join(', ')})`,
    tables,
  );
  const missing = tables.filter((table) => !there.some(({ name }) => name === table));
  if (missing.length === 0) return null;
  return `it has lost tables, or its user may not see them (${missing.join(', ')}): run hotline migrate; give a user of your own the rights in docs/operating.md; if neither helps, restore a backup`;
}

async function readNewest(select: Select): Promise<{ version: number; md5: string }[]> {
  try {
    return await select('SELECT version, md5 FROM schema_version ORDER BY version DESC LIMIT 1', []);
  } catch (error) {
    if (['ER_NO_SUCH_TABLE', 'ER_TABLEACCESS_DENIED_ERROR'].includes((error as { code: string }).code))
      return [];
    throw error;
  }
}

/** @throws SchemaError; errors of mysql2 */
export async function requireWholeSchema(select: Select, tables?: readonly string[]): Promise<void> {
  const fault = await findSchemaFault(select, tables);
  if (fault !== null) throw new SchemaError(`The database cannot be used: ${fault}`);
}
