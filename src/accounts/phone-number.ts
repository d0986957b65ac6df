/** Phone numbers of account owners: Vietnamese mobiles and landlines, in E.164. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/**
 * Mobile prefixes that were replaced in 2018, and their replacements; the last seven digits stayed.
 * Both are without the trunk 0, with which the old numbers had eleven digits.
 */
// prettier-ignore
const renumberedIn2018 = new Map([
  ['120', '70'], ['121', '79'], ['122', '77'], ['126', '76'], ['128', '78'], // MobiFone
  ['123', '83'], ['124', '84'], ['125', '85'], ['127', '81'], ['129', '82'], // VinaPhone
  ['162', '32'], ['163', '33'], ['164', '34'], ['165', '35'], ['166', '36'], // Viettel
  ['167', '37'], ['168', '38'], ['169', '39'],
  ['186', '56'], ['188', '58'], // Vietnamobile
  ['199', '59'], // Gmobile
]);

/** No Vietnamese number is written with more characters. Longer text is not parsed at all. */
const maxLength = 24;

/** Digits as people write them: one separator or two between digits, a leading +, ( or (+. */
const writtenForm = /^\(?\+?[0-9]+(?:[ .)(-]{1,2}[0-9]+)*$/;

/** The number after `+84`, `84`, `0084` or the trunk `0`: 9 digits, or 10 for landlines and old mobiles. */
const vietnamese = /^(?:\+84|0084|84|0)([1-9][0-9]{8,9})$/;

/**
 * The forms that only some carriers write: with the trunk 0 behind the country code (+840912345678), or
 * with no prefix at all (912345678, 2838123456). Without being told, such a text could be the beginning
 * of a foreign number.
 */
const nationalForm = /^(?:(?:\+|00)?840([1-9][0-9]{8,9})|([35789][0-9]{8}|2[0-9]{9}))$/;

/** How a trunk writes Vietnamese numbers: as everybody does, or also in {@link nationalForm}. */
export type NumberForms = 'usual' | 'national';

/** Any number after such a prefix, or a service number without one: 1900 9068, 1800 1234, 115. */
const dialling = /^(?:(?:\+|00)?840?|0)([1-9][0-9]{2,9})$|^(1[0-9]{2,9})$/;

/** A phone number as it is stored, and whether it was converted from its pre-2018 form. */
export interface NormalisedPhone {
  /** For example `+84912345678`. */
  e164: string;
  renumbered: boolean;
}

/**
 * Like {@link normalisePhone}, and also says whether the number was in its pre-2018 form, which a
 * registry import reports.
 */
export function readPhone(raw: string, forms: NumberForms = 'usual'): NormalisedPhone | null {
  if (raw.length > maxLength || !writtenForm.test(raw)) return null;
  const digits = raw.replace(/[ .()-]/g, '');
  const [, behind84, bare] = (forms === 'national' && nationalForm.exec(digits)) || [];
  const national = vietnamese.exec(digits)?.[1] ?? behind84 ?? bare;
  if (national === undefined) return null;
  const renumbered = renumber(national);
  const today = renumbered ?? national;
  return isInUse(today) ? { e164: `+84${today}`, renumbered: renumbered !== null } : null;
}

/**
 * Whether mobile or landline numbers begin so, by the length and the first four digits: no more of a number decides in
 * Vietnam. The library takes most of the time of an import otherwise.
 */
const beginnings = new Map<string, boolean>();

function isInUse(national: string): boolean {
  const beginning = `${national.length} ${national.slice(0, 4)}`;
  let answer = beginnings.get(beginning);
  if (answer === undefined) {
    const number = parsePhoneNumberFromString(`+84${national}`);
    const type = number?.isValid() ? number.getType() : undefined;
    answer = type === 'MOBILE' || type === 'FIXED_LINE';
    beginnings.set(beginning, answer);
  }
  return answer;
}

/**
 * The E.164 form of a Vietnamese mobile or landline number. Null for anything else: foreign, short
 * and service numbers, and hostile strings, which never reach the parser.
 *
 * Accepts `+84…`, `84…`, `0084…` and `0…`, with spaces, dots, hyphens or brackets between digits.
 * With `national`, also `840…` and numbers without any prefix.
 * Converts mobile prefixes from before 2018. `0841234567` is a mobile number: only its length
 * distinguishes the prefix 84 from the country code.
 *
 * @example normalisePhone('0912 345 678') // '+84912345678'
 * @example normalisePhone('01234567890') // '+84834567890', VinaPhone's 0123 is now 083
 */
export function normalisePhone(raw: string, forms: NumberForms = 'usual'): string | null {
  return readPhone(raw, forms)?.e164 ?? null;
}

/**
 * One form for every way to write a number dialled in Vietnam, service numbers included, or null.
 * For comparison only: it does not check that such a number exists.
 *
 * @example normaliseDialled('1900.9068') // '+8419009068'
 */
export function normaliseDialled(raw: string): string | null {
  if (raw.length > maxLength || !writtenForm.test(raw)) return null;
  const [, prefixed, service] = dialling.exec(raw.replace(/[ .()-]/g, '')) ?? [];
  const national = prefixed ?? service;
  return national === undefined ? null : `+84${national}`;
}

/** Today's national number for a pre-2018 one, or null if `national` is not a pre-2018 number. */
function renumber(national: string): string | null {
  if (national.length !== 10) return null;
  const prefix = renumberedIn2018.get(national.slice(0, 3));
  return prefix === undefined ? null : prefix + national.slice(3);
}

/**
 * A number for logs and audit rows: country and last four digits, `+84***5678`, enough to tell two callers
 * apart beside the number a citizen reads out; calls are found by the whole number, under its keyed hash. An
 * empty string stays empty. Anything that is not E.164 becomes `***`, so none of it leaks.
 */
export function maskPhone(e164: string): string {
  if (e164 === '') return '';
  return /^\+[1-9][0-9]{9,14}$/.test(e164) ? `${e164.slice(0, 3)}***${e164.slice(-4)}` : '***';
}
