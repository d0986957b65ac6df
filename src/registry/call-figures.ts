/** What happened over a range of time, in numbers: no call, no number of a caller. */
import type { CallOutcome } from './call-records.ts';
import type { MenuEvent } from './menu-counts.ts';

/** What to count. */
export interface FiguresRange {
  /** Calls that ended then or later. */
  readonly from: Date;
  /** Calls that ended before. */
  readonly to: Date;
}

/**
 * How many callers got how far. Each step is among the one before it, but for calls that began before the range
 * and for the leg of a call-back, which counts at `reading` and `changed` when it ends, after its call.
 */
export interface Funnel {
  /** Heard the menu. At most a few minutes late, and none where the dialplan does not count. */
  readonly called: number;
  /** Pressed 8 and were answered by the application. */
  readonly answered: number;
  /** Keyed a whole code. */
  readonly keyed: number;
  /** A code matched the number. */
  readonly matched: number;
  /** A new password was about to be read out, at least. */
  readonly reading: number;
  /** Heard it, and it was stored. */
  readonly changed: number;
}

/**
 * Where callers hung up, stayed silent or used up their entries.
 *
 * - `menu`: in the menu.
 * - `answered`: when asked for a code, with no key of it.
 * - `incomplete`: with too few digits only.
 * - `keyed`: after a code that did not match.
 * - `matched`: between the match and the password.
 * - `reading`: while the password was being read for the first time.
 * - `called-back`: did not answer the call-back, or did not press the key.
 */
export const placesOfGivingUp = [
  'menu',
  'answered',
  'incomplete',
  'keyed',
  'matched',
  'reading',
  'called-back',
] as const;
export type PlaceOfGivingUp = (typeof placesOfGivingUp)[number];

/** Numbers of one hour, of one day, or of a whole range. */
export interface CallCounts {
  /** Calls that ended, the refused ones and the legs of call-backs among them. */
  readonly calls: number;
  /** Calls sent back at once: all lines busy, or the application was stopping. Not among {@link Funnel.answered}. */
  readonly refused: number;
  /** Codes that did not match. */
  readonly mismatches: number;
  /** Only outcomes that occurred. The refused calls are among `limited`. */
  readonly outcomes: Readonly<Partial<Record<CallOutcome, number>>>;
  readonly funnel: Funnel;
  /** What callers did in the menu who did not press 8. Only what occurred. */
  readonly menu: Readonly<Partial<Record<MenuEvent, number>>>;
}

/** One point of a plot: the time from `at` to the next point. */
export interface FiguresPoint extends CallCounts {
  readonly at: Date;
}

/** Lower bounds of the lengths by which calls are counted, s; each reaches to the next, the last has no end. */
export const lengthsFrom = [0, 10, 20, 30, 45, 60, 90, 120, 180, 300] as const;

/** Calls of `fromSeconds` or longer, up to the next of {@link lengthsFrom}. Without the refused ones. */
export interface LengthCount {
  readonly fromSeconds: (typeof lengthsFrom)[number];
  readonly calls: number;
}

/** Hours in a row in each of which far more codes did not match than usual. */
export interface MismatchWave {
  readonly from: Date;
  readonly to: Date;
  readonly mismatches: number;
  readonly calls: number;
  /** Mismatches that are usual at this time of day: medians over the range and the two weeks before it. */
  readonly usual: number;
}

/** Figures of a range. */
export interface Figures {
  /** Whole hours, or whole days of Vietnam's time, that hold the range asked for. */
  readonly from: Date;
  readonly to: Date;
  /** `hour` for a range of up to 3 days. A day is one of Vietnam's, UTC+7. */
  readonly step: 'hour' | 'day';
  /** One for each step of the range, in order of time, also where nothing happened. */
  readonly points: readonly FiguresPoint[];
  readonly total: CallCounts;
  readonly gaveUp: Readonly<Record<PlaceOfGivingUp, number>>;
  /** One for each of {@link lengthsFrom}. */
  readonly lengths: readonly LengthCount[];
  /** Mean length of the calls that were not refused, ms; null without any. */
  readonly meanMs: number | null;
  /** Calls by the hour of the day, 0–23, Vietnam's time. */
  readonly hoursOfDay: readonly number[];
  /** The hour in which most calls ended; null without any. */
  readonly busiest: { readonly from: Date; readonly calls: number } | null;
  /** The greatest ones, at most 20, in order of time. */
  readonly waves: readonly MismatchWave[];
}

/** The longest range, days. */
export const maxFiguresDays = 400;

/**
 * The port that reads the figures. A call counts when its row is sealed, some seconds after it has ended; longer
 * only while no application runs. Rows that the hotline did not write count nowhere. Figures stay when the audit log
 * is pruned, and are deleted after {@link maxFiguresDays}.
 */
export interface CallFigures {
  /**
   * @throws RegistryUnavailable
   * @throws RangeError for a range that is empty or longer than {@link maxFiguresDays}
   */
  read(range: FiguresRange): Promise<Figures>;
}
