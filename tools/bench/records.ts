/** Whether every call is on record as its caller heard it, by the checker of the fault campaign (tools/chaos). */
import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { RowDataPacket } from 'mysql2/promise';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { registryDatabase } from '../../tests/support/machine/citizens.ts';
import { pbxConsole } from '../../tests/support/machine/pbx-console.ts';
import { spokenPassword, violations, type CallSeen } from '../chaos/checker.ts';
import type { CallHeard } from './listen.ts';

/** A call that was heard, and whose account it was about. */
export interface RecordedCall {
  readonly code: string;
  readonly call: Pick<CallHeard, 'heard'>;
}

const passwordLength = 8;
/** Rows are written a little after a call. */
const patienceMs = 15_000;

/** @returns what is wrong with the calls of ours, a line each */
export async function checkOurs(calls: readonly RecordedCall[], oldHash: string): Promise<string[]> {
  for (const deadline = Date.now() + patienceMs; ; await pause(500)) {
    const wrong = [...(await leftOver(calls.length)), ...(await wrongCalls(calls, oldHash))];
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
  }
}

/** What a run must not leave behind, or have too many of. */
export async function leftOver(calls: number): Promise<string[]> {
  const [row] = await rowsOf(
    `SELECT (SELECT COUNT(*) FROM calls) AS open,
            (SELECT COUNT(*) FROM resets WHERE state = 'prepared') AS prepared,
            (SELECT COUNT(*) FROM audit_log WHERE by_user IS NULL) AS ended`,
  );
  const channels = /(\d+) active channels?/.exec(await pbxConsole('core show channels count'))?.[1];
  return [
    ...(Number(row!['open']) > 0 ? [`${row!['open']} calls are still open`] : []),
    ...(Number(row!['prepared']) > 0 ? [`${row!['prepared']} resets are still prepared`] : []),
    ...(Number(row!['ended']) !== calls ? [`${row!['ended']} audit rows of ${calls} calls`] : []),
    ...(channels !== '0' ? [`Asterisk still has ${channels} channels`] : []),
  ];
}

async function wrongCalls(calls: readonly RecordedCall[], oldHash: string): Promise<string[]> {
  const limit = pLimit(4);
  const rows = Map.groupBy(await changesOnRecord(), (row) => String(row['code']));
  const found = calls.map(({ code, call }, index) =>
    limit(async () => {
      const own = rows.get(code) ?? [];
      const [row] = own;
      const callId = String(row?.['callId'] ?? 'none');
      const seen: CallSeen = { callId, heard: soundsOf(call), hasReached: true, hasStayed: false };
      const hash = row === undefined ? oldHash : String(row['hash']);
      const spoken = spokenPassword(seen, passwordLength);
      const registry = {
        ...{ hash, oldHash, open: [], prepared: 0, othersChanged: 0 },
        verifying: spoken !== null && (await verifyPassword(hash, spoken)) ? [spoken] : [],
        audit: own.map((each) => ({ callId: String(each['callId']), outcome: String(each['outcome']) })),
        activated: own.filter((each) => each['state'] === 'activated').length,
        notifications: Number(row?.['notifications'] ?? 0),
        charged: { [callId]: Number(row?.['charged'] ?? 0) },
      };
      return violations([seen], registry, passwordLength).map(
        ({ invariant, what }) => `call ${index + 1} of ours: ${invariant}: ${what}`,
      );
    }),
  );
  return (await Promise.all(found)).flat();
}

/**
 * A row for each activated reset with its call's audit row, by the account's code. Of a call that the database was slow
 * to answer, a prepared one may have been voided before.
 */
function changesOnRecord(): Promise<RowDataPacket[]> {
  return rowsOf(
    `SELECT accounts.bhxh_code AS code, accounts.password_hash AS hash, resets.state, resets.call_id AS callId, audit_log.outcome,
       (SELECT COUNT(*) FROM notification_outbox WHERE account_id = accounts.id) AS notifications,
       (SELECT COUNT(*) FROM attempts WHERE attempts.call_id = resets.call_id AND (counts_phone = TRUE OR counts_code = TRUE)) AS charged
     FROM resets JOIN accounts ON accounts.id = resets.account_id JOIN audit_log ON audit_log.call_id = resets.call_id
     WHERE resets.state = 'activated'`,
  );
}

/** A twin stores the hash and no more: whether what it said logs in. */
export async function checkTwin(name: string, calls: readonly RecordedCall[]): Promise<string[]> {
  const rows = await rowsOf('SELECT bhxh_code AS code, password_hash AS hash FROM accounts');
  const hashes = new Map(rows.map((row) => [String(row['code']), String(row['hash'])]));
  const limit = pLimit(4);
  const found = calls.map(({ code, call }, index) =>
    limit(async () => {
      const spoken = spokenPassword({ heard: soundsOf(call) }, passwordLength);
      const fits = spoken !== null && (await verifyPassword(hashes.get(code) ?? '', spoken));
      return fits ? [] : [`call ${index + 1} of ${name}: the password spoken does not verify`];
    }),
  );
  return (await Promise.all(found)).flat();
}

/** In the form the checker reads: with a pause after each digit that was heard whole. */
function soundsOf({ heard }: RecordedCall['call']): string[] {
  return heard.flatMap(({ name, isWhole }) =>
    name.startsWith('digits/') && isWhole ? [name, 'hotline/pause'] : [name],
  );
}

async function rowsOf(sql: string): Promise<RowDataPacket[]> {
  return (await registryDatabase().query<RowDataPacket[]>(sql))[0];
}
