/** A call that has ended, as an officer may see it. */
import type { CallStep, OmittedSteps } from './call-steps.ts';

/** One call. Holds no code and no full number. */
export interface ShownCall {
  id: string;
  /** Null if the opening was not recorded. */
  openedAt: Date | null;
  closedAt: Date;
  durationMs: number;
  /** What the caller chose: `reset`, or another branch. Null: not known any more. */
  branch: string | null;
  outcome: string;
  reason: string;
  /** Until when the new password is valid. Null: none was stored, or it does not expire. */
  validUntil: Date | null;
  /** Codes keyed in the call that did not match. */
  mismatches: number;
  /** Times that nothing was keyed when a code was asked for. Like `incompleteCodes` not known, and 0, if the application died. */
  silences: number;
  /** Codes with too few digits, and one that was being keyed when the call ended. */
  incompleteCodes: number;
  /** Whether a code matched and a new password was about to be read out, at least. */
  readingBegun: boolean;
  maskedPhone: string | null;
  /** How far the number was believed; null: not judged, or called back. */
  identity: string | null;
  node: string | null;
  callId: string;
  /** Null: not sealed yet. */
  batch: number | null;
  /** What happened in the call, if it was asked for. Null: none were kept, or they were deleted (CALL_STEPS_DAYS). */
  steps?: (CallStep | OmittedSteps)[] | null;
}

/** How long after a changed call its steps may still be on their way (records/gathered-steps.ts), with room for a slow database, ms. */
const stepsToComeMs = 60_000;

/** Whether steps that are not there may still come: those of a changed call are kept after its row. */
export function mayStillGetSteps({ outcome, steps, closedAt }: ShownCall): boolean {
  return steps === null && outcome === 'changed' && Date.now() - closedAt.getTime() < stepsToComeMs;
}
