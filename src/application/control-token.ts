import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The token that `hotline drain` presents to the application. Only someone with this
 * installation's HASH_KEY can make it: no other user of the machine, and no web page in a browser.
 */
export function controlToken(hashKey: string): string {
  return createHmac('sha256', hashKey).update('control').digest('hex');
}

/** Whether an Authorization header holds the token. Compares in constant time. */
export function isAuthorized(header: string | undefined, hashKey: string): boolean {
  const expected = Buffer.from(`Bearer ${controlToken(hashKey)}`);
  const given = Buffer.from(header ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
