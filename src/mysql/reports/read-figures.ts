/** The statements that read the figures of a range. */
import type { CallOutcome } from '../../registry/call-records.ts';
import type { CallStage } from '../../registry/call-stage.ts';
import type { MenuEvent } from '../../registry/menu-counts.ts';
import type { Database } from '../database/database.ts';
import type { Session, Value } from '../database/session.ts';
import { formatUtc } from '../database/utc.ts';
import { vietnamDay } from '../../timing/vietnam-time.ts';

/** Calls that ended alike, in one step of the range. */
export interface EndedAlike {
  /** Hours, or days of Vietnam's time, since 1970. */
  readonly point: number;
  readonly outcome: CallOutcome;
  readonly stage: CallStage;
  readonly calls: number;
  readonly mismatches: number;
  readonly durationMs: number;
}

/** What callers did in the menu in one step of the range. */
export interface DoneInMenu {
  readonly point: number;
  readonly event: MenuEvent;
  readonly calls: number;
}

/** One hour in which calls ended. */
export interface HourTotal {
  /** Hours since 1970, UTC. */
  readonly hour: number;
  readonly calls: number;
  readonly mismatches: number;
}

/** What the database holds of a range. */
export interface ReadFigures {
  readonly ended: readonly EndedAlike[];
  readonly lengths: readonly { readonly length: number; readonly calls: number }[];
  readonly menu: readonly DoneInMenu[];
  /** Of the range and of some time before it. */
  readonly hours: readonly HourTotal[];
}

/** A range in whole steps. */
export interface Steps {
  readonly step: 'hour' | 'day';
  readonly from: Date;
  readonly to: Date;
  /** Where the hours begin that say what is usual. */
  readonly hoursFrom: Date;
}

/** An expression for SUM that comes back as a number, not as the text of a decimal. */
const sum = (column: string) => `CAST(SUM(${column}) AS SIGNED)`;
const hoursSince1970 = (column: string) => `TIMESTAMPDIFF(HOUR, '1970-01-01', ${column})`;
const daysSince1970 = (column: string) => `DATEDIFF(${column}, '1970-01-01')`;

/** Calls that ended alike in one hour or day, with their columns summed where there are several rows of them. */
const endedColumns = (point: string, spell: (column: string) => string) =>
  `${point} AS point, outcome, stage, ${spell('calls')} AS calls, ${spell('mismatches')} AS mismatches, ${spell('duration_ms')} AS durationMs`;

/** The statements for each kind of step. Of a range, the two values are the first time and the one after the last. */
const statements = {
  hour: {
    ended: `SELECT ${endedColumns(hoursSince1970('hour'), sum)} FROM call_figures WHERE hour >= ? AND hour < ? GROUP BY hour, outcome, stage`,
    lengths: `SELECT length, ${sum('calls')} AS calls FROM call_figures WHERE hour >= ? AND hour < ? AND stage <> 'refused' GROUP BY length`,
    menu: `SELECT ${hoursSince1970('hour')} AS point, event, calls FROM menu_hour_counts WHERE hour >= ? AND hour < ?`,
    spell: formatUtc,
  },
  day: {
    ended: `SELECT ${endedColumns(daysSince1970('day'), (column) => column)} FROM call_day_figures WHERE day >= ? AND day < ?`,
    lengths: `SELECT length, ${sum('calls')} AS calls FROM call_day_lengths WHERE day >= ? AND day < ? GROUP BY length`,
    menu: `SELECT ${daysSince1970('day')} AS point, event, calls FROM menu_day_counts WHERE day >= ? AND day < ?`,
    spell: vietnamDay,
  },
} as const;

const hourTotals = `SELECT ${hoursSince1970('hour')} AS hour, ${sum('calls')} AS calls, ${sum('mismatches')} AS mismatches
  FROM call_hour_totals WHERE call_hour_totals.hour >= ? AND call_hour_totals.hour < ? GROUP BY call_hour_totals.hour`;

/** Side by side, on as many connections as the pool has. @param database Database, or what explains its statements */
export async function readFigures(database: Pick<Database, 'run'>, steps: Steps): Promise<ReadFigures> {
  const read = <Row extends object>(sql: string, values: readonly Value[]) =>
    database.run((session: Session) => session.select<Row>(sql, values));
  const { spell, ...sql } = statements[steps.step];
  const range = [spell(steps.from), spell(steps.to)];
  const [ended, lengths, menu, hours] = await Promise.all([
    read<EndedAlike>(sql.ended, range),
    read<ReadFigures['lengths'][number]>(sql.lengths, range),
    read<DoneInMenu>(sql.menu, range),
    read<HourTotal>(hourTotals, [steps.hoursFrom, steps.to].map(formatUtc)),
  ]);
  return { ended, lengths, menu, hours };
}
