/** The statements that say what happens now. */
import type { CallOutcome } from '../../registry/call-records.ts';
import { callsOf, isRefusal } from '../../registry/call-stage.ts';
import { maxOpenCalls, type Live, type MinuteOfCalls, type OpenCall, type OutcomeCounts, type SeenNode } from '../../registry/live-figures.ts'; // prettier-ignore
import { startOfVietnamDay } from '../../timing/vietnam-time.ts';
import { readUnsealedAge } from '../audit/unsealed-age.ts';
import { msSince1970 } from '../database/epoch.ts';
import type { Session } from '../database/session.ts';
import { formatUtc } from '../database/utc.ts';
import { countOutbox } from '../outbox.ts';
import { callBackPrefix } from './count-calls.ts';

const minuteMs = 60_000;
const minutes = 60;

/** One after the other on one connection: each takes a few milliseconds at most. */
export async function readLive(session: Session): Promise<Live> {
  const [clock] = await session.select<{ ms: number }>(`SELECT ${msSince1970('UTC_TIMESTAMP(3)')} AS ms`, []);
  const at = new Date(clock!.ms);
  const firstMinute = new Date((Math.floor(at.getTime() / minuteMs) - minutes + 1) * minuteMs);
  const midnight = startOfVietnamDay(at);
  const ended = await readEnded(session, firstMinute);
  const openCalls = await readOpenCalls(session);
  const nodes = await readNodes(session);
  return {
    at,
    minutes: byMinute(ended, firstMinute),
    today: outcomesOf(await readCounted(session, midnight), await countOperators(session, midnight)),
    openCalls,
    openCallCount: nodes.reduce((sum, { openCalls }) => sum + openCalls, 0),
    nodes,
    outbox: await countOutbox(session),
    unsealedMs: await readUnsealedAge(session),
  };
}

/** Calls that ended alike. */
interface Ended {
  readonly calls: number;
  readonly isRefused: boolean;
}

interface EndedInMinute extends Ended {
  /** Since 1970. */
  readonly minute: number;
}

interface EndedSince extends Ended {
  readonly outcome: CallOutcome;
}

/** From the rows themselves: an hour has few enough, and they need no seal. */
async function readEnded(session: Session, from: Date): Promise<EndedInMinute[]> {
  const rows = await session.select<{ minute: number; outcome: CallOutcome; limit: string; count: number }>(
    `SELECT TIMESTAMPDIFF(MINUTE, '1970-01-01', closed_at) AS minute, outcome, IF(outcome = 'limited', reason, '') AS \`limit\`, COUNT(*) AS count
     FROM audit_log WHERE closed_at >= ? AND by_user IS NULL GROUP BY minute, outcome, \`limit\``,
    [formatUtc(from)],
  );
  return rows.map(({ minute, outcome, limit, count }) => ({
    minute,
    calls: count * callsOf({ reason: limit }),
    isRefused: isRefusal({ outcome, reason: limit }),
  }));
}

async function readCounted(session: Session, from: Date): Promise<EndedSince[]> {
  const rows = await session.select<Omit<EndedSince, 'isRefused'> & { isRefused: 0 | 1 }>(
    `SELECT outcome, stage = 'refused' AS isRefused, CAST(SUM(calls) AS SIGNED) AS calls FROM call_figures
     WHERE hour >= ? GROUP BY outcome, isRefused`,
    [formatUtc(from)],
  );
  return rows.map((row) => ({ ...row, isRefused: row.isRefused === 1 }));
}

function byMinute(ended: readonly EndedInMinute[], first: Date): MinuteOfCalls[] {
  const counts = Array.from({ length: minutes }, (_, index) => ({
    at: new Date(first.getTime() + index * minuteMs),
    calls: 0,
    refused: 0,
  }));
  for (const { minute, calls, isRefused } of ended) {
    const count = counts[minute - first.getTime() / minuteMs];
    if (count !== undefined) count[isRefused ? 'refused' : 'calls'] += calls; // one of the next minute has ended since
  }
  return counts;
}

function outcomesOf(ended: readonly EndedSince[], inMenu: number): OutcomeCounts {
  const outcomes: Partial<Record<CallOutcome, number>> = {};
  let refused = 0;
  for (const { outcome, calls, isRefused } of ended) {
    outcomes[outcome] = (outcomes[outcome] ?? 0) + calls;
    if (isRefused) refused += calls;
  }
  return { outcomes, refused, operators: (outcomes.operator ?? 0) + inMenu };
}

/** Callers who pressed 0 in the menu, from a whole hour on. */
async function countOperators(session: Session, from: Date): Promise<number> {
  const [row] = await session.select<{ calls: number | null }>(
    `SELECT CAST(SUM(calls) AS SIGNED) AS calls FROM menu_hour_counts WHERE hour >= ? AND event = 'operator'`,
    [formatUtc(from)],
  );
  return row?.calls ?? 0;
}

async function readOpenCalls(session: Session): Promise<OpenCall[]> {
  const rows = await session.select<
    Omit<OpenCall, 'openedAt' | 'isCallBack'> & { openedMs: number; channelId: string }
  >(
    `SELECT call_id AS callId, node, instance_id AS instanceId, masked_phone AS maskedPhone, identity, channel_id AS channelId,
            ${msSince1970('opened_at')} AS openedMs
     FROM calls ORDER BY opened_at, call_id LIMIT ${maxOpenCalls}`,
    [],
  );
  return rows.map(({ openedMs, channelId, ...call }) => ({
    ...call,
    openedAt: new Date(openedMs),
    isCallBack: channelId.startsWith(callBackPrefix),
  }));
}

/** Calls of a process that is gone stand under its id until others have closed them. */
async function readNodes(session: Session): Promise<SeenNode[]> {
  const rows = await session.select<
    Omit<SeenNode, 'startedAt' | 'isLost'> & { startedMs: number; isLost: 0 | 1 }
  >(
    `SELECT i.node, i.instance_id AS instanceId, ${msSince1970('i.started_at')} AS startedMs, i.lost_at IS NOT NULL AS isLost,
            GREATEST(0, TIMESTAMPDIFF(MICROSECOND, i.seen_at, UTC_TIMESTAMP(3)) DIV 1000) AS seenMsAgo,
            (SELECT COUNT(*) FROM calls WHERE calls.instance_id = i.instance_id) AS openCalls
     FROM instances AS i ORDER BY i.node, i.started_at`,
    [],
  );
  return rows.map(({ startedMs, isLost, ...node }) => ({
    ...node,
    startedAt: new Date(startedMs),
    isLost: isLost === 1,
  }));
}
