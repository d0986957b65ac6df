/** Brings a database to the schema of this program: the numbered .sql files of this folder, run by postgrator. */
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import Postgrator from 'postgrator';
import { grantApplicationRights } from './application-rights.ts';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { readDatabaseUrl } from '../database/database-url.ts';
import { ExpectedError } from '../../expected-error.ts';
import { selectOn, withConnection } from '../database/with-connection.ts';
import { requireWholeSchema, SchemaError, type Select } from './schema-check.ts';

const shippedMigrations = join(import.meta.dirname, '*.sql');

/** The schema could not be brought up to date. One sentence; carries no statement and no value. */
export class MigrationFailed extends ExpectedError {
  override readonly name = 'MigrationFailed';
}

/** What {@link migrate} did. */
export interface MigrationReport {
  /** Names of the migrations that ran now, in order; empty if the schema was up to date. */
  applied: string[];
  /** Number of the newest migration. */
  version: number;
  /** What is wrong with the rights of the application's user; null if nothing, or if no user was named. */
  warning: string | null;
}

export interface MigrateOptions {
  /** How long to wait while another process migrates, in seconds. Default 60. */
  lockWaitSeconds?: number;
  /** DATABASE_URL: its user is granted what the application needs. Absent: no rights are granted. */
  applicationUrl?: string;
  /** A glob for the migration files; tests use their own. */
  migrationPattern?: string;
}

/**
 * Runs the migrations that the database does not have yet, as the schema's owner, and then grants
 * the application's user its rights. Two runs at once wait for each other. A run that was cut short
 * can be repeated.
 *
 * @throws MigrationFailed if the database is unreachable, a statement fails, a migration has been
 * edited after it was run, or the database is newer than this program
 * @throws SchemaError if tables are missing although their migration was run; DatabaseUrlError
 */
export async function migrate(databaseUrl: string, options: MigrateOptions = {}): Promise<MigrationReport> {
  const { lockWaitSeconds = 60, applicationUrl, migrationPattern = shippedMigrations } = options;
  const { database } = readDatabaseUrl(databaseUrl);
  try {
    // Its lock goes with the connection.
    const needs = { multipleStatements: true, wholeSchema: false };
    return await withConnection(databaseUrl, needs, async (connection) => {
      await lock(connection, database, lockWaitSeconds);
      await requireFitting(selectOn(connection), database);
      const report = await runMigrations(connection, database, migrationPattern);
      if (migrationPattern === shippedMigrations) await requireWholeSchema(selectOn(connection));
      const warning =
        applicationUrl === undefined
          ? null
          : await grantApplicationRights(connection, database, applicationUrl);
      return { ...report, warning };
    });
  } catch (error) {
    if (error instanceof MigrationFailed || error instanceof SchemaError) throw error;
    throw new MigrationFailed(`The database could not be migrated: ${describeMigrationError(error)}`);
  }
}

/**
 * Whether {@link migrate} would begin with this database; changes nothing.
 *
 * @throws MigrationFailed if it is unreachable, or {@link requireFitting} refuses it; DatabaseUrlError
 */
export async function checkBeforeMigrating(databaseUrl: string): Promise<void> {
  const { database } = readDatabaseUrl(databaseUrl);
  try {
    await withConnection(databaseUrl, { wholeSchema: false, connectTimeout: 10_000 }, (connection) =>
      requireFitting(selectOn(connection), database),
    );
  } catch (error) {
    if (error instanceof MigrationFailed) throw error;
    throw new MigrationFailed(`The database cannot be used: ${describeDatabaseError(error)}`);
  }
}

/**
 * @throws MigrationFailed if the server logs statements, or the database belongs to another application: ours
 * would take tables of the same name for its own
 */
export async function requireFitting(select: Select, database: string): Promise<void> {
  const [server] = await select<{ isStatement: number }>(
    "SELECT @@log_bin = 1 AND @@binlog_format = 'STATEMENT' AS isStatement",
    [],
  );
  // InnoDB refuses every change at READ COMMITTED then.
  if (server?.isStatement === 1)
    throw new MigrationFailed(
      'The server logs statements (binlog_format=STATEMENT), which the hotline cannot work with: set binlog_format=ROW, then migrate again',
    );
  const tables = await select<{ name: string }>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? ORDER BY name LIMIT 3',
    [database],
  );
  // Postgrator makes it before anything else, with this column.
  const versions = await select(
    "SELECT column_name FROM information_schema.columns WHERE table_schema = ? AND table_name = 'schema_version' AND column_name = 'md5'",
    [database],
  );
  if (tables.length > 0 && versions.length === 0)
    throw new MigrationFailed(
      `The database ${database} holds tables of another application (${tables.map(({ name }) => name).join(', ')}): expected one of the hotline's own`,
    );
}

async function lock(connection: Connection, database: string, seconds: number): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS got', [
    `hotline migrate ${database}`.slice(0, 64),
    seconds,
  ]);
  if (rows[0]?.['got'] !== 1)
    throw new MigrationFailed(
      `Another migration of this database has been running for more than ${seconds} s`,
    );
}

async function runMigrations(
  connection: Connection,
  database: string,
  pattern: string,
): Promise<Omit<MigrationReport, 'warning'>> {
  const postgrator = new Postgrator({
    driver: 'mysql',
    database,
    schemaTable: 'schema_version',
    migrationPattern: pattern,
    newline: 'LF', // the checksum of a checkout with CRLF is the same
    execQuery: async (sql) => {
      const [rows] = await connection.query<RowDataPacket[]>(sql);
      return { rows };
    },
  });
  const newest = await postgrator.getMaxVersion();
  const current = await postgrator.getDatabaseVersion();
  if (current > newest)
    throw new MigrationFailed(
      `The database has schema version ${current}, this program knows ${newest}: use a newer program, or, where a checkout's own database is older than version 0.1.0, make clean`,
    );
  const applied = await postgrator.migrate();
  return { applied: applied.map(({ version, name }) => `${version} ${name}`), version: newest };
}

function describeMigrationError(error: unknown): string {
  const description = describeDatabaseError(error);
  if (databaseErrorCode(error) !== null) return description;
  const edited = /^MD5 checksum failed for migration \[(\d+)\]/.exec(description);
  return edited
    ? `migration ${edited[1]} has been edited after it was run; write a new one instead, or, where a checkout's own database was made before the edit, make clean`
    : description;
}
