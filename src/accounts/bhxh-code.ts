/** The BHXH (social insurance) code that a caller keys. Text, never a number: it begins with zeros. */

/**
 * Whether `text` has the form of a code: ASCII digits only, of one of the accepted `lengths`
 * (10 by default; 12 where the personal ID has replaced the code). No check digit is known.
 */
export function isBhxhCode(text: string, lengths: readonly number[]): boolean {
  return lengths.includes(text.length) && /^[0-9]+$/.test(text);
}
