/**
 * The lease: a global variable of Asterisk that says until when callers may be sent to this application
 * (docs/adr/0025-lease-and-timer.md). The dialplan compares it with the same clock.
 */
import type { Client } from 'ari-client';
import { readVariable } from './ari-events.ts';

/**
 * How far ahead of Asterisk's clock, s. Renewed every 2 s, so a step of that clock by 5 s turns nobody away.
 */
const leaseSeconds = 8;
/** Further ahead it is no lease: Asterisk's clock has been set back (extensions-hotline.conf). */
const maxLeaseSeconds = 15;

/** Whether somebody serves whose lease has this many seconds left by Asterisk's clock. */
export const isLiving = (secondsLeft: number): boolean => secondsLeft >= 0 && secondsLeft <= maxLeaseSeconds;

/** `HOTLINE_LEASE` for the application `hotline`. */
export function leaseVariable(application: string): string {
  return `${application.toUpperCase()}_LEASE`;
}

/**
 * Whether a process that lives serves as this application: it has renewed the lease lately.
 *
 * @throws AriRequestFailed; ZodError
 */
export async function isLeased({ asterisk }: Client, application: string): Promise<boolean> {
  const read = async (variable: string) => Number(readVariable(await asterisk.getGlobalVar({ variable })));
  return isLiving((await read(leaseVariable(application))) - (await read('EPOCH')));
}

/** Renews the lease. @throws AriRequestFailed; ZodError */
export async function renewLease({ asterisk }: Client, application: string): Promise<void> {
  const epoch = Number(readVariable(await asterisk.getGlobalVar({ variable: 'EPOCH' })));
  await asterisk.setGlobalVar({ variable: leaseVariable(application), value: String(epoch + leaseSeconds) });
}
