import { createReadStream, type ReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { readAccountFile } from './account-file.ts';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { readDatabaseUrl } from '../database/database-url.ts';
import { withConnection } from '../database/with-connection.ts';
import { ImportFailed } from './import-error.ts';
import { Staging, type Published, type StagedLine } from './staging.ts';
import type { OldLandlineRule } from './old-landline-rules.ts';
import { publish, type ImportProgress } from './publish.ts';
import { RejectFile } from './reject-file.ts';

export interface ImportOptions {
  /** CSV with a header: `bhxh_code,phone` and optionally `password_hash` and `personal_id`. */
  file: string;
  /** Where remarks about lines go. Default: the file's name followed by `.rejects.csv`. */
  rejects?: string;
  databaseUrl: string;
  /** Accepted numbers of digits of a code. */
  codeLengths: readonly number[];
  /** Default: `by-form`. */
  landlinesBefore2017?: OldLandlineRule;
  /** Called now and then. */
  onProgress?: (progress: ImportProgress) => void;
}

/** `hotline import --json` has these names. */
export interface ImportSummary extends Published {
  /** Lines after the header. */
  lines: number;
  rejected: number;
  /** Lines whose phone was converted from its form before 2018. */
  renumbered: number;
  /** Lines whose phone was a landline before 2017, and which were not rejected for it. */
  oldLandlines: number;
  /** Null if there were no remarks. */
  rejectFile: string | null;
}

const linesPerInsert = 2000;

/** The server may notice the end of the previous import a moment late. */
const lockWaitSeconds = 2;

/** How its connection is set up. A caller's reset may hold a row: publish.ts tries again. */
const connectionNeeds = { flags: ['-FOUND_ROWS'], lockWaitSeconds: 1 };

/**
 * Loads a registry. The whole file is read and checked before the first account changes. Then what is
 * right in it is stored in short transactions, so that callers are served meanwhile; each account is at
 * any moment as it was, or as in the file. Running it again changes nothing more, and completes an
 * import that was cut short while it stored.
 *
 * - Adds accounts and changes phones by code. Accounts that are not in the file stay.
 * - `password_hash` is used for new accounts and for those that have no password yet; it never
 *   replaces one that was set. Without it a new account gets a hash that no password verifies
 *   against, and its owner gets the first password by a reset.
 * - `personal_id` is stored for the account; an empty one removes what it has. Without the column every account keeps
 *   what it has.
 * - Wrong lines are left out and reported by number, column and reason in the reject file.
 *
 * @throws ImportFailed, which says whether anything was stored
 * @throws DatabaseUrlError
 */
export async function importAccounts(options: ImportOptions): Promise<ImportSummary> {
  const { database } = readDatabaseUrl(options.databaseUrl); // a wrong URL is reported before the file
  const { stream, totalBytes } = await openFile(options.file);
  let rejects: RejectFile | undefined;
  try {
    const rejectFile = await RejectFile.create(
      options.rejects ?? `${options.file}.rejects.csv`,
      options.file,
    );
    rejects = rejectFile;
    return await withConnection(options.databaseUrl, connectionNeeds, async (connection) => {
      await lock(connection, database);
      return load(connection, stream, totalBytes, rejectFile, options);
    });
  } catch (error) {
    await rejects?.close().catch(() => undefined); // what it has so far helps to correct the file
    throw databaseErrorCode(error) === null
      ? error
      : new ImportFailed(`The database failed, nothing was imported: ${describeDatabaseError(error)}`);
  } finally {
    stream.destroy();
  }
}

async function openFile(path: string): Promise<{ stream: ReadStream; totalBytes: number }> {
  try {
    const handle = await open(path);
    const stats = await handle.stat();
    if (stats.isFile()) return { stream: createReadStream(path, { fd: handle }), totalBytes: stats.size };
    await handle.close();
  } catch (error) {
    throw new ImportFailed(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  throw new ImportFailed(`${path} is not a file`);
}

async function lock(connection: Connection, database: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>('SELECT GET_LOCK(?, ?) AS got', [
    `hotline import ${database}`.slice(0, 64),
    lockWaitSeconds,
  ]);
  if (rows[0]?.['got'] !== 1) throw new ImportFailed('Another import into this database is running');
}

async function load(
  connection: Connection,
  stream: ReadStream,
  totalBytes: number,
  rejects: RejectFile,
  options: ImportOptions,
): Promise<ImportSummary> {
  const staging = await Staging.create(connection);
  const counts = await stage(staging, stream, totalBytes, rejects, options);
  for await (const remark of staging.removeContradictions()) {
    counts.rejected++;
    await rejects.add(remark);
  }
  if (counts.rejected === counts.lines)
    throw new ImportFailed(
      `None of the ${counts.lines} lines can be loaded: the reasons are in ${rejects.path}`,
    );
  for await (const remark of staging.notes()) await rejects.add(remark);
  const rejectFile = (await rejects.close()) ? rejects.path : null; // a full disk must fail this before anything is stored
  const published = await publish(connection, staging, counts.lines, options.onProgress);
  return { ...counts, ...published, rejectFile };
}

/** Reads the next batch while the database stores the last one. */
async function stage(
  staging: Staging,
  stream: ReadStream,
  totalBytes: number,
  rejects: RejectFile,
  { codeLengths, landlinesBefore2017 = 'by-form', onProgress }: ImportOptions,
) {
  const counts = { lines: 0, rejected: 0, renumbered: 0, oldLandlines: 0 };
  let batch: StagedLine[] = [];
  let storing: Promise<void> = Promise.resolve();
  const store = async () => {
    await storing;
    storing = batch.length > 0 ? staging.add(batch) : Promise.resolve();
    storing.catch(() => undefined); // awaited with the next batch
    batch = [];
    onProgress?.({ phase: 'reading', done: stream.bytesRead, total: totalBytes, lines: counts.lines });
  };
  for await (const line of readAccountFile(stream, { codeLengths, landlinesBefore2017 })) {
    counts.lines++;
    if ('reason' in line) {
      counts.rejected++;
      await rejects.add({ result: 'rejected', ...line });
      continue;
    }
    if (line.renumbered) counts.renumbered++;
    if (line.note !== null) counts.oldLandlines++;
    if (batch.push(line) === linesPerInsert) await store();
  }
  await store();
  await storing;
  return counts;
}
