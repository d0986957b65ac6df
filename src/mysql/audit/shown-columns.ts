/** How a row of audit_log is read as the call that it is about. */
import { readSteps } from '../../registry/call-steps.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { readUtc } from '../database/utc.ts';

/** As the database returns it, with times as text, UTC. */
export type ShownRow = Omit<ShownCall, 'openedAt' | 'closedAt' | 'validUntil' | 'readingBegun' | 'steps'> & {
  openedAt: string | null;
  closedAt: string;
  validUntil: string | null;
  readingBegun: 0 | 1;
  steps?: string | null;
};

/** For a SELECT from `audit_log AS a` and `audit_sealed_rows AS s`. */
export const shownColumns = `a.id, CAST(a.opened_at AS CHAR) AS openedAt, CAST(a.closed_at AS CHAR) AS closedAt, a.duration_ms AS durationMs, a.branch, a.outcome, a.reason,
  CAST(a.valid_until AS CHAR) AS validUntil, a.mismatches,
  a.silences, a.incomplete_codes AS incompleteCodes, a.reading_begun AS readingBegun,
  a.masked_phone AS maskedPhone, a.identity, a.node, a.call_id AS callId, s.batch`;

export function toShown({
  openedAt,
  closedAt,
  validUntil,
  readingBegun,
  steps,
  ...row
}: ShownRow): ShownCall {
  return {
    ...row,
    openedAt: openedAt === null ? null : readUtc(openedAt),
    closedAt: readUtc(closedAt),
    validUntil: validUntil === null ? null : readUtc(validUntil),
    readingBegun: readingBegun === 1,
    ...(steps !== undefined && { steps: steps === null ? null : readSteps(steps) }),
  };
}
