/** Does the application collect what the dialplan counts in the menu (docs/adr/0051-counts-of-the-menu.md)? */
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts } from './pbx-facts.ts';

/** Minutes are collected three minutes after they have begun, and tried again every half minute. */
const lateMs = 10 * 60_000;

/** @param now ms since 1970, by this machine's clock */
export function checkMenuCounts(
  { waitingMinutes, clockAheadMs }: Pick<PbxFacts, 'waitingMinutes' | 'clockAheadMs'>,
  now = Date.now(),
): Finding {
  const late = waitingMinutes.filter((minute) => Date.parse(minute) < now + clockAheadMs - lateMs);
  return expectThat(
    'counts of the menu',
    late.length === 0,
    late.length === 0
      ? 'collected'
      : `of ${late.length === 1 ? 'one minute' : `${late.length} minutes`} on the PBX, the oldest ${late[0]}`,
    'let the application run with AMI_USERNAME and AMI_PASSWORD: it collects them by AMI. If it does run, its log says what keeps it from it: «the counts of the menu cannot be collected». Until then Figures lacks what callers did in the menu',
    'warning',
  );
}
