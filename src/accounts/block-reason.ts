/** The reason why an officer blocks or allows resets by phone: it is kept in the audit log. */

const [minLength, maxLength] = [3, 200];

/** Written without spaces or with: `0912 345 678`, `(09) 12.345.678`. */
const longNumber = /\d(?:[ .()-]{0,2}\d){8,}/;

/** So that a time beside it does not make it a long number. */
const date = /\b(?:\d{4}-\d\d?-\d\d?|\d\d?[-/.]\d\d?[-/.]\d{4})\b/g;

/**
 * What is wrong with a reason, as the end of a sentence; null if nothing is. Nobody should write a code or a phone
 * number into it, so it may hold no nine digits in a row.
 *
 * @param text without blanks around it
 */
export function blockReasonFault(text: string): string | null {
  if (/\p{Cc}|[\u2028\u2029]/u.test(text)) return 'expected one line';
  if (text.length < minLength || text.length > maxLength)
    return `expected ${minLength} to ${maxLength} characters`;
  if (longNumber.test(text.normalize('NFKC').replace(date, '…')))
    return 'expected no code and no phone number in it, so no nine digits in a row';
  return null;
}
