/** How far a call got, for the figures. Told from what its terminal row says. */
import { resetBranch, type CallOutcome } from './call-records.ts';

/**
 * In the order in which a call passes them. Each call counts at the last one that it reached.
 *
 * - `refused`: sent back to the dialplan at once: all lines were busy, or the application was stopping.
 * - `answered`: by the application, after key 8. No key of a code was seen.
 * - `incomplete`: only codes with too few digits, or a part of one.
 * - `keyed`: a whole code, and none that matched.
 * - `matched`: but no password was offered: the owner is called back, or a limit was met.
 * - `reading`: a new password was about to be read out, at least.
 * - `changed`: it was heard, and stored.
 *
 * Of calls in another branch only that is told: `other-branch`.
 *
 * The leg of a call-back goes on where the call before it ended, at `matched`:
 *
 * - `called-back`: the registered number was called, or was to be.
 * - `called-back-reading`, `called-back-changed`: as above.
 */
export const callStages = [
  'refused',
  'answered',
  'incomplete',
  'keyed',
  'matched',
  'reading',
  'changed',
  'other-branch',
  'called-back',
  'called-back-reading',
  'called-back-changed',
] as const;

export type CallStage = (typeof callStages)[number];

/** What a terminal row says of how far its call got. */
export interface StagedRow {
  readonly outcome: CallOutcome;
  readonly reason: string;
  /** Null: not known, so that of the resets is meant. */
  readonly branch: string | null;
  /** The leg of a call-back. */
  readonly isCallBack: boolean;
  /** A whole code was checked, or the call was about one from the start. */
  readonly hasCode: boolean;
  readonly mismatches: number;
  readonly incompleteCodes: number;
  readonly readingBegun: boolean;
}

/** Reasons of `limited` before any key: the call went back to the dialplan. `(3 calls in this row)` may follow. */
const refusals = [
  'all lines are busy',
  'the application is being stopped',
  'too many records wait for the database',
];

/** Reasons of `limited` that only a code that matched leads to. */
const limitsAfterMatch = [
  'too many resets of this account',
  'too many calls back to this number',
  'too many calls back at once',
];

/** How far the call got. Where a process died in the call, no further than the database knows. */
export function stageOf(row: StagedRow): CallStage {
  if (row.isCallBack) return stageOfCallBack(row);
  const { outcome, reason, branch } = row;
  if (isOtherBranch(branch)) return isRefusal(row) ? 'refused' : 'other-branch';
  if (outcome === 'changed') return 'changed';
  if (row.readingBegun) return 'reading';
  if (outcome === 'call-back') return 'matched';
  if (isRefusal(row)) return 'refused';
  if (outcome === 'limited' && limitsAfterMatch.includes(reason)) return 'matched';
  if (row.hasCode || row.mismatches > 0 || outcome === 'mismatch') return 'keyed';
  return row.incompleteCodes > 0 || outcome === 'bad-input' ? 'incomplete' : 'answered';
}

/** Whether the call was sent back to the dialplan at once. */
export function isRefusal({ outcome, reason }: Pick<StagedRow, 'outcome' | 'reason'>): boolean {
  return outcome === 'limited' && refusals.some((refusal) => reason.startsWith(refusal));
}

/** Whether a call was in a branch that resets no password. @param branch null: not known */
export function isOtherBranch(branch: string | null): boolean {
  return branch !== null && branch !== resetBranch;
}

function stageOfCallBack({ outcome, readingBegun }: StagedRow): CallStage {
  if (outcome === 'changed') return 'called-back-changed';
  return readingBegun ? 'called-back-reading' : 'called-back';
}

/** How many calls a row stands for: in a flood, calls that were refused share one. */
export function callsOf({ reason }: Pick<StagedRow, 'reason'>): number {
  const [, calls] = /\((?:at least )?(\d{1,6}) calls? in this row\)$/.exec(reason) ?? [];
  return calls === undefined ? 1 : Math.max(1, Number(calls));
}
