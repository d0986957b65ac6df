/** The BHXH (social insurance) code that a caller keys. Text, never a number: it may begin with zeros. */

/**
 * Whether `text` has the form of a code: ASCII digits only, in one of the accepted `lengths`
 * (10 by default; 12 where the personal ID has replaced the code). The code has no known check digit.
 */
export function isBhxhCode(text: string, lengths: readonly number[]): boolean {
  return lengths.includes(text.length) && /^[0-9]+$/.test(text);
}
