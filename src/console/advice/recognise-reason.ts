/** Finds the situation of a reason as it was recorded. */
import { situations, type Reason, type SituationName } from './situations.ts';

/** A reason that was recorded, and where it stands in situations.ts. */
export interface RecognisedReason {
  readonly situation: SituationName;
  readonly reason: Reason;
  /** What stands in place of `…`; empty without one. */
  readonly differs: string;
  /** For how many refused calls the row stands, as recorded: `3`, `at least 512`; empty for one call. */
  readonly sharedBy: string;
}

/** What `records/shared-refusals.ts` adds to a reason. */
const sharedRow = / \((?<calls>(?:at least )?\d+) calls? in this row\)$/;

/** Null: no version of the hotline that has this table records that. */
export function recogniseReason(outcome: string, recorded: string): RecognisedReason | null {
  const sharedBy = sharedRow.exec(recorded)?.groups?.['calls'] ?? '';
  const text = recorded.replace(sharedRow, '');
  const known = reasonsOf(outcome);
  const exact = known.find(({ reason }) => reason === text);
  const found = exact ?? known.find(({ reason }) => reason.endsWith('…') && text.startsWith(beginOf(reason)));
  if (found === undefined) return null;
  return { ...found, differs: found === exact ? '' : text.slice(beginOf(found.reason).length), sharedBy };
}

function reasonsOf(outcome: string): Pick<RecognisedReason, 'situation' | 'reason'>[] {
  return (Object.keys(situations) as SituationName[])
    .filter((situation) => situations[situation].outcome === outcome)
    .flatMap((situation) => situations[situation].reasons.map((reason) => ({ situation, reason })));
}

function beginOf(reason: Reason): string {
  return reason.slice(0, -1);
}
