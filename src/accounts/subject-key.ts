/**
 * Keyed hashes of codes and phones. Tables other than the registry know a code or a number only by
 * this: it can be counted and looked up, and whoever holds the table without the key learns nothing.
 */
import { createHmac } from 'node:crypto';

/**
 * 64 hexadecimal digits: HMAC-SHA-256 over `kind:value`. Codes and phones are few enough to be
 * tried one by one, so a hash without a key would hide nothing.
 *
 * @param secret HASH_KEY; with another one nothing that was counted is found any more
 * @param value a phone in E.164, or a code as it was keyed
 */
export function subjectKey(secret: string, kind: 'phone' | 'claimed phone' | 'code', value: string): string {
  return createHmac('sha256', secret).update(`${kind}:${value}`).digest('hex');
}
