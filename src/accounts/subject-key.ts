/**
 * Keyed hashes of codes and phones. Tables other than the registry hold a code or a number only in
 * this form: it can be counted and looked up, and without the key it reveals nothing.
 */
import { createHmac } from 'node:crypto';

/** The keys of these hashes. */
export interface HashKeys {
  /** HASH_KEY: for everything new. */
  readonly current: string;
  /** The key before it: what was counted under it in the last day still counts (docs/adr/0038). */
  readonly before?: string | undefined;
}

/**
 * 64 hexadecimal digits: HMAC-SHA-256 over `kind:value`. Codes and phones are few enough to be tried
 * one by one, so a hash without a key would hide nothing.
 *
 * @param secret one of the {@link HashKeys}
 * @param value a phone in E.164, a code as keyed, or what a sign-in to the console is counted by
 */
export function subjectKey(
  secret: string,
  kind: 'phone' | 'claimed phone' | 'code' | 'console user' | 'console address',
  value: string,
): string {
  return createHmac('sha256', secret).update(`${kind}:${value}`).digest('hex');
}
