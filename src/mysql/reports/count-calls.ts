/** Counts calls as their rows are sealed (docs/adr/0055-figures-counted-as-they-are-sealed.md). */
import { lengthsFrom, maxFiguresDays } from '../../registry/call-figures.ts';
import type { CallOutcome } from '../../registry/call-records.ts';
import { callsOf, stageOf } from '../../registry/call-stage.ts';
import { vietnamDay } from '../../timing/vietnam-time.ts';
import type { AuditRow } from '../audit/audit-row.ts';
import { addUp } from '../database/add-up.ts';
import type { Session } from '../database/session.ts';
import { readUtc } from '../database/utc.ts';

/** The leg of a call-back is known by its channel (call/call-id.ts). */
export const callBackPrefix = 'call-back-';

const ending = { outcome: 'VARCHAR(20)', stage: 'VARCHAR(20)' } as const;
const node = 'VARCHAR(64)';
const length = 'SMALLINT UNSIGNED';
const sums = ['calls', 'mismatches', 'duration_ms'] as const;

const byHour = { name: 'call_figures', key: { hour: 'DATETIME', ...ending, node, length }, sums };
const byDay = { name: 'call_day_figures', key: { day: 'DATE', ...ending }, sums };
const lengthsByDay = { name: 'call_day_lengths', key: { day: 'DATE', length }, sums: ['calls'] } as const;
const totals = {
  name: 'call_hour_totals',
  key: { hour: 'DATETIME', node },
  sums: ['calls', 'mismatches'],
} as const;

/**
 * Adds the calls among these rows to the figures. Four statements, however many rows.
 *
 * @param session the transaction that seals the rows: they count with their seal, or not at all
 * @param rows those that the hotline wrote
 * @param keptFrom a row from before this was pruned, so it counted before somebody put it back
 */
export async function countCalls(
  session: Session,
  rows: readonly AuditRow[],
  keptFrom: string,
): Promise<void> {
  const calls = rows.filter(({ by_user, closed_at }) => by_user === null && closed_at! >= keptFrom);
  if (calls.length === 0) return;
  const counted = calls.map(count);
  await addUp(session, byHour, counted);
  await addUp(session, byDay, counted);
  const served = counted.filter(({ stage }) => stage !== 'refused');
  if (served.length > 0) await addUp(session, lengthsByDay, served);
  await addUp(session, totals, counted);
}

/** What one row adds, by the names of the columns. */
function count(row: AuditRow) {
  const call = {
    outcome: row.outcome as CallOutcome,
    reason: row.reason!,
    branch: row.branch,
    isCallBack: row.channel_id?.startsWith(callBackPrefix) ?? false,
    hasCode: row.code_key !== null,
    mismatches: Number(row.mismatches),
    incompleteCodes: Number(row.incomplete_codes),
    readingBegun: row.reading_begun === '1',
  };
  const closedAt = row.closed_at!;
  const stage = stageOf(call);
  const durationMs = stage === 'refused' ? 0 : Number(row.duration_ms);
  return {
    hour: `${closedAt.slice(0, 13)}:00:00`,
    day: vietnamDay(readUtc(closedAt)),
    node: row.node ?? '',
    outcome: call.outcome,
    stage,
    length: lengthsFrom.findLast((seconds) => seconds * 1000 <= durationMs)!, // the first is 0
    calls: callsOf(call),
    mismatches: call.mismatches,
    duration_ms: durationMs,
  };
}

/** Deletes up to `count` figures of each kind that are too old; returns how many. Needs no transaction. */
export async function deleteOld(session: Session, count: number): Promise<number> {
  let deleted = 0;
  for (const { name, key } of [byHour, byDay, lengthsByDay, totals]) {
    const time = Object.keys(key)[0]!;
    deleted += await session.change(
      `DELETE FROM ${name} WHERE ${time} < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY ${time} LIMIT ?`,
      [String(maxFiguresDays + 2), String(count)], // a range begins with its whole day
    );
  }
  return deleted;
}
