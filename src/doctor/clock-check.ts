/** Do the clocks of the application, the database and Asterisk agree, and is this machine's right? */
import { execFile } from 'node:child_process';
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

/** Null: nobody can be asked here, for example in a container. */
export type Synchronised = boolean | null;

/** Asks systemd whether the kernel's clock follows a reference (timedatectl(1)). */
export function isSynchronised(program = 'timedatectl'): Promise<Synchronised> {
  const words = ['show', '--property=NTPSynchronized', '--value'];
  return new Promise((resolve) => {
    execFile(program, words, { timeout: 5000 }, (error, printed) => {
      const answer = error === null ? printed.trim() : '';
      resolve(answer === 'yes' || answer === 'no' ? answer === 'yes' : null);
    });
  });
}

export function checkOwnClock(synchronised: Synchronised): Finding[] {
  return [
    expectThat(
      'clock of this machine',
      synchronised !== false,
      synchronised === null
        ? 'not known here: timedatectl does not answer'
        : synchronised
          ? 'synchronised'
          : 'follows no reference',
      'synchronise it (chrony, systemd-timesyncd): the times of complaints, certificates and signed calls go by it',
      'warning',
    ),
  ];
}
