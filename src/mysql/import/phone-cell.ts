/** The phone of one line: which number is meant, or why it is not clear. */
import { readOldLandline, type OldLandline } from '../../accounts/landline-before-2017.ts';
import { readPhone } from '../../accounts/phone-number.ts';
import type { OldLandlineRule } from './old-landline-rules.ts';
import { unusualContent } from './cell-text.ts';

/** Something that was assumed about a number, for the reject file. */
export const phoneNotes = {
  'old-landline-kept':
    'loaded as a mobile number of today; until 2017 it was a landline: see --landlines-before-2017',
  'old-landline-converted': 'a landline with its area code from before 2017; loaded with the new one',
} as const;
export type PhoneNote = keyof typeof phoneNotes;

export type PhoneReading =
  { phone: string; renumbered: boolean; note: PhoneNote | null } | { reason: string };

/** A trunk 0 behind the country code is needless and clear, as in `+84 (0) 918 000 004`. */
const vietnamese = /^(?:(?:\+|00)?840?|0)([1-9][0-9]{8,9})$/;
const digitsAndMarks = /^[-0-9 .()+]{9,40}$/;
const notADigit = /[^0-9]/g;

/** @param written text of the cell, see readCell */
export function readPhoneCell(written: string, rule: OldLandlineRule): PhoneReading {
  const national = nationalDigits(written);
  if (national === null) return { reason: describePhoneFault(written) };
  const today = readPhone(`0${national}`);
  const old = readOldLandline(national);
  if (old !== null && (today === null || isMobile(today.e164)))
    return readAsOld(old, today?.e164 ?? null, written, rule);
  if (today === null) return { reason: describePhoneFault(written) };
  return { phone: today.e164, renumbered: today.renumbered, note: null };
}

/** All landlines of today begin with 2. */
const isMobile = (e164: string) => !e164.startsWith('+842');

/** Digits after the prefix, of text that consists of digits and what people write between them. */
function nationalDigits(text: string): string | null {
  return digitsAndMarks.test(text) ? (vietnamese.exec(text.replace(/[-. ()]/g, ''))?.[1] ?? null) : null;
}

function readAsOld(
  old: OldLandline,
  mobile: string | null,
  written: string,
  rule: OldLandlineRule,
): PhoneReading {
  if (rule === 'convert' || (rule === 'by-form' && mobile === null)) {
    const number = readPhone(old.today);
    if (number !== null) return { phone: number.e164, renumbered: false, note: 'old-landline-converted' };
  }
  const keeps = rule === 'keep' || (rule === 'by-form' && !isWrittenAsLandline(written, old.areaCode));
  if (mobile !== null && keeps) return { phone: mobile, renumbered: false, note: 'old-landline-kept' };
  return {
    reason:
      mobile === null
        ? 'a landline with its area code from before 2017: see --landlines-before-2017'
        : 'a landline until 2017, a mobile number today: correct it, or see --landlines-before-2017',
  };
}

/**
 * Whether the area code stands apart, whatever is before it: behind it is a bracket, or a mark that the rest of
 * the number does not have, or any mark if no mobile prefix is that short (`08 …`).
 */
function isWrittenAsLandline(written: string, areaCode: string): boolean {
  const subscriberDigits = areaCode.length === 1 ? 8 : 7;
  const marks = written.split(/[0-9]/); // before each digit, and behind the last
  const [behindCode = '', ...inRest] = marks.slice(-1 - subscriberDigits, -1);
  if (behindCode === '') return false;
  return areaCode.length === 1 || /[()]/.test(behindCode) || !inRest.includes(behindCode);
}

function describePhoneFault(text: string): string {
  if (text === '') return 'empty: a Vietnamese mobile or landline number expected';
  const cause = unusualContent(text);
  if (cause !== null) return cause;
  const digits = text.replace(notADigit, '');
  if (/^[1-9]/.test(text) && digits.length <= 10 && readPhone(`0${digits}`) !== null)
    return 'the 0 at its beginning is missing: a spreadsheet may have dropped it';
  if (digits.length >= 18) return 'more than one number: one is expected';
  if (/[^-0-9 .()+]/.test(text))
    return 'a character that no phone number has: digits expected, with spaces, dots, hyphens or brackets between';
  return 'not a Vietnamese mobile or landline number beginning with 0, 84 or +84';
}
