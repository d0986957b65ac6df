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

/** Where the figures of each kind of step are. */
const sources = {
  hour: {
    figures: { table: 'call_figures', time: 'hour', point: hoursSince1970('hour') },
    menu: { table: 'menu_counts', time: 'minute', point: hoursSince1970('minute') },
    spell: formatUtc,
  },
  day: {
    figures: { table: 'call_day_figures', time: 'day', point: daysSince1970('day') },
    menu: { table: 'menu_day_counts', time: 'day', point: daysSince1970('day') },
    spell: vietnamDay,
  },
} as const;

/** Side by side, on as many connections as the pool has. @param database Database, or what explains its statements */
export async function readFigures(database: Pick<Database, 'run'>, steps: Steps): Promise<ReadFigures> {
  const read = <Row extends object>(sql: string, values: readonly Value[]) =>
    database.run((session: Session) => session.select<Row>(sql, values));
  const { figures, menu, spell } = sources[steps.step];
  const range = [spell(steps.from), spell(steps.to)];
  const within = (time: string) => `${time} >= ? AND ${time} < ?`;
  const [ended, lengths, inMenu, hours] = await Promise.all([
    read<EndedAlike>(
      `SELECT ${figures.point} AS point, outcome, stage, ${sum('calls')} AS calls, ${sum('mismatches')} AS mismatches, ${sum('duration_ms')} AS durationMs
       FROM ${figures.table} WHERE ${within(figures.time)} GROUP BY ${figures.time}, outcome, stage`,
      range,
    ),
    read<{ length: number; calls: number }>(
      `SELECT length, ${sum('calls')} AS calls FROM ${figures.table} WHERE ${within(figures.time)} AND stage <> 'refused' GROUP BY length`,
      range,
    ),
    read<DoneInMenu>(
      `SELECT ${menu.point} AS point, event, ${sum('calls')} AS calls FROM ${menu.table} WHERE ${within(menu.time)} GROUP BY point, event`,
      range,
    ),
    read<HourTotal>(
      `SELECT ${hoursSince1970('hour')} AS hour, ${sum('calls')} AS calls, ${sum('mismatches')} AS mismatches
       FROM call_hour_totals WHERE ${within('call_hour_totals.hour')} GROUP BY call_hour_totals.hour`,
      [steps.hoursFrom, steps.to].map(formatUtc),
    ),
  ]);
  return { ended, lengths, menu: inMenu, hours };
}
