/**
 * Fills a schema with a registry and an audit log of true size and shape, by MariaDB's sequences. The MACs and digests of
 * old rows are random bytes: only `audit verify` would look at them. The end of the chain is right, so the sealer goes on.
 */
import { keyIdOf } from '../../src/mysql/audit/audit-keys.ts';
import { sealOf, writeIds } from '../../src/mysql/audit/audit-seal.ts';
import { sealFormat } from '../../src/mysql/audit/audit-row.ts';
import { formatUtc } from '../../src/mysql/database/utc.ts';
import { auditKey } from '../../tests/support/engine/audited-calls.ts';
import type { Connection } from 'mysql2/promise';
import { hashSql, personSql } from './people.ts';

export interface Size {
  readonly accounts: number;
  /** Of the audit log. */
  readonly rows: number;
}

/** One in so many people has a personal ID beside the code. */
const accountsPerId = 10;
/** About what is sealed at once in a busy hour, every five seconds. */
const rowsPerBatch = 10;
/** Of what is kept of resets, to the rows of calls: they are deleted after some months. */
const rowsPerReset = 10;
/** The last row was written so long ago that everything is settled for the sealer (sealer-bounds.ts). */
const endedMinutesAgo = 180;

/** The tables are empty and have their indexes: with the checks off InnoDB then sorts, and writes page by page. */
const bulk = 'SET SESSION unique_checks = 0, foreign_key_checks = 0, check_constraint_checks = 0';

/** Two tables at a time. */
export async function fill(
  connect: <T>(work: (connection: Connection) => Promise<T>) => Promise<T>,
  { accounts, rows }: Size,
  say: (line: string) => void,
): Promise<void> {
  const run = (statements: Readonly<Record<string, string>>) =>
    connect(async (connection) => {
      await connection.query(bulk);
      await connection.query(`SET @closes_at = UTC_TIMESTAMP(3) - INTERVAL ${endedMinutesAgo} MINUTE`);
      for (const [table, statement] of Object.entries(statements)) {
        const begun = performance.now();
        await connection.query(statement);
        say(`${table} filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
      }
    });
  await Promise.all([
    run({ audit_log: rowsOf(accounts, rows), audit_sealed_rows: sealedRowsOf(rows) }),
    run({ accounts: accountsOf(accounts), account_codes: codesOf(accounts), audit_seals: sealsOf(rows), resets: resetsOf(accounts, rows) }), // prettier-ignore
  ]);
  await connect(async (connection) => {
    await sealEnd(connection, rows);
    await connection.query('UPDATE audit_sweep SET up_to = ?', [rows]);
    await connection.query('ANALYZE TABLE accounts, account_codes, audit_log, audit_sealed_rows, audit_seals, resets'); // prettier-ignore
  });
}

function accountsOf(accounts: number): string {
  return `INSERT INTO accounts (id, bhxh_code, phone, password_hash, created_at, updated_at)
    SELECT seq, ${personSql.bhxhCode}, ${personSql.phone}, ${hashSql}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
    FROM seq_1_to_${accounts}`;
}

function codesOf(accounts: number): string {
  return `INSERT INTO account_codes (code, kind, account_id)
    SELECT ${personSql.personalId}, 'personal-id', seq FROM seq_1_to_${accounts} WHERE seq % ${accountsPerId} = 1`;
}

/** Half a year of calls, one after the other. Of twenty, seven changed a password. */
function rowsOf(accounts: number, rows: number): string {
  const closedAt = `@closes_at - INTERVAL (${rows} - seq) * ${Math.floor((182 * 86_400_000_000) / rows)} MICROSECOND`;
  const person = `(1 + (seq * 7919) % ${accounts})`;
  const isChanged = 'seq % 20 < 7';
  return `INSERT INTO audit_log (id, call_id, instance_id, channel_id, branch, node, masked_phone, phone_key, identity, code_key,
      opened_at, closed_at, duration_ms, outcome, reason, account_id, reset_id, valid_until, mismatches, reading_begun, mac)
    SELECT seq, UUID_v4(), '0f8fad5b-d9cb-469f-a165-70867728950e', CONCAT(1763800000 + seq, '.', seq % 10000), 'reset',
      IF(seq % 2, 'pbx-1', 'pbx-2'), CONCAT('+84***', LPAD(seq % 10000, 4, '0')), UNHEX(SHA2(CONCAT('phone ', ${person}), 256)), 'asserted',
      IF(seq % 20 < 12, UNHEX(SHA2(CONCAT('code ', ${person}), 256)), NULL), ${closedAt} - INTERVAL 45 SECOND, ${closedAt}, 45000,
      CASE WHEN ${isChanged} THEN 'changed' WHEN seq % 20 < 12 THEN 'mismatch' WHEN seq % 20 < 17 THEN 'hung-up' ELSE 'no-input' END,
      CASE WHEN ${isChanged} THEN 'heard, then stored' WHEN seq % 20 < 12 THEN 'no entries left' WHEN seq % 20 < 17 THEN 'the caller hung up' ELSE 'three silences' END,
      IF(${isChanged}, ${person}, NULL), IF(${isChanged}, UUID_v4(), NULL), IF(${isChanged}, ${closedAt} + INTERVAL 10 MINUTE, NULL),
      IF(seq % 20 BETWEEN 7 AND 11, 3, 0), ${isChanged}, RANDOM_BYTES(32)
    FROM seq_1_to_${rows}`;
}

function sealedRowsOf(rows: number): string {
  return `INSERT INTO audit_sealed_rows (row_id, batch, digest)
    SELECT seq, (seq + ${rowsPerBatch - 1}) DIV ${rowsPerBatch}, RANDOM_BYTES(32) FROM seq_1_to_${rows}`;
}

/** All but the last. */
function sealsOf(rows: number): string {
  const batches = rows / rowsPerBatch;
  const sealedAt = `@closes_at - INTERVAL (${batches} - seq) * ${Math.floor((182 * 86_400_000_000) / batches)} MICROSECOND`;
  return `INSERT INTO audit_seals (batch, format, key_id, key_since, sealed_at, last_id, row_ids, root, previous, seal)
    SELECT seq, ${sealFormat}, '${keyIdOf(auditKey)}', @closes_at - INTERVAL 183 DAY, ${sealedAt}, seq * ${rowsPerBatch},
      CONCAT(seq * ${rowsPerBatch} - ${rowsPerBatch - 1}, '-', seq * ${rowsPerBatch}), RANDOM_BYTES(32), RANDOM_BYTES(32), RANDOM_BYTES(32)
    FROM seq_1_to_${batches - 1}`;
}

function resetsOf(accounts: number, rows: number): string {
  const preparedAt = `@closes_at - INTERVAL (seq % 80) DAY`;
  return `INSERT INTO resets (id, call_id, account_id, state, prepared_at, expires_at, settled_at)
    SELECT UUID_v4(), UUID_v4(), 1 + (seq * 104729) % ${accounts}, 'activated', ${preparedAt}, ${preparedAt} + INTERVAL 5 MINUTE, ${preparedAt}
    FROM seq_1_to_${Math.floor(rows / rowsPerReset)}`;
}

/** The newest seal, by which a sealer knows that the chain is its own. */
async function sealEnd(connection: Connection, rows: number): Promise<void> {
  const at = formatUtc(new Date(Date.now() - endedMinutesAgo * 60_000));
  const content = {
    batch: rows / rowsPerBatch,
    format: sealFormat,
    keyId: keyIdOf(auditKey),
    keySince: at,
    sealedAt: at,
    lastId: rows,
    rowIds: writeIds(Array.from({ length: rowsPerBatch }, (_, index) => rows - rowsPerBatch + 1 + index)),
    root: '0'.repeat(64),
    previous: '0'.repeat(64),
  };
  await connection.query(
    `INSERT INTO audit_seals (batch, format, key_id, key_since, sealed_at, last_id, row_ids, root, previous, seal)
     VALUES (?, ?, ?, ?, ?, ?, ?, UNHEX(?), UNHEX(?), UNHEX(?))`,
    [...Object.values(content), sealOf(auditKey, content)],
  );
}
