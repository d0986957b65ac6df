/** Secrets that programs make for each other. */
import { randomBytes } from 'node:crypto';

/** A password of 192 bits: letters, digits, `-` and `_` only, so that no file format needs quoting. */
export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** A key of 256 bits, as HASH_KEY and AUDIT_KEY are written. */
export function newKey(): string {
  return randomBytes(32).toString('hex');
}

/** A value for a configuration file of Asterisk, where `;` begins a comment unless escaped (main/config.c). */
export function forAsterisk(value: string): string {
  return value.replaceAll(';', '\\;');
}
