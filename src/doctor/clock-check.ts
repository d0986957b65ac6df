/** Do the clocks of the application, the database and Asterisk agree? */
import { expectThat, type Finding } from './finding.ts';

const maxClocksApartMs = 2000;

/**
 * @param aheadMs how far that clock is ahead of this machine's
 * @param goesByIt what goes by that clock, and so is wrong with it
 */
export function checkClock(whose: string, aheadMs: number, goesByIt: string): Finding {
  return expectThat(
    `clock of ${whose}`,
    Math.abs(aheadMs) <= maxClocksApartMs,
    `${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine`,
    `synchronise both clocks (chrony, systemd-timesyncd): ${goesByIt}`,
    'warning',
  );
}
