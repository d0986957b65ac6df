import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * What `npx hotline drain` shows to the application: known to whoever has this installation's
 * HASH_KEY, to no other user of the machine, and to no web page in somebody's browser.
 */
export function controlToken(hashKey: string): string {
  return createHmac('sha256', hashKey).update('control').digest('hex');
}

/** Whether an Authorization header holds the token. */
export function isAuthorized(header: string | undefined, hashKey: string): boolean {
  const expected = Buffer.from(`Bearer ${controlToken(hashKey)}`);
  const given = Buffer.from(header ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
