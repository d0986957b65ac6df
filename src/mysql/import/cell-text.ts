/** The text of one cell as a person sees it, and what a spreadsheet or an editor may have done to it. */

/** Take no room on the screen: soft hyphen, zero-width and direction marks, byte order mark. */
const invisible = /[\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;
const spaces = /[\t\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000]/g;
const dashes = /[\u2010-\u2015\u2212]/g;
/** Digits and signs in the double width of East Asian writing. */
const fullWidth = /[\uFF01-\uFF5E]/g;

/** How spreadsheets keep digits as text: `="0912345678"` and `'0912345678`. */
const textFormula = /^="([^"]*)"$/;
const textMark = /^['\u2019](?=[+0-9(])/;

/** A character that nobody sees, as around a quoted field where two files were joined. */
export const isUnseen = (character: string) =>
  character !== character.replace(invisible, '').replace(spaces, '');

/** What to do about a cell that a spreadsheet has still to calculate. */
export const formulaFault = 'a spreadsheet formula: export its value';

/** Needs any of this: characters beyond ASCII, a tab, or a first character that spreadsheets use. */
const unusual = /[^ -~]|^[='"]/;

/**
 * Without what nobody sees or means: invisible characters, unusual spaces and dashes, full-width digits,
 * the marks of a spreadsheet for text.
 */
export function readCell(raw: string): string {
  if (!unusual.test(raw)) return raw.trim();
  const text = raw
    .replace(invisible, '')
    .replace(spaces, ' ')
    .replace(dashes, '-')
    .replace(fullWidth, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .trim();
  return (textFormula.exec(text)?.[1] ?? text).replace(textMark, '').trim();
}

/** What can be wrong in any column, with what to do. The first that fits is the cause. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/\uFFFD/, 'a character that is not UTF-8: save the file as CSV in UTF-8'],
  // eslint-disable-next-line no-control-regex
  [/[\0-\x1F\x7F]/, 'an invisible character (a control character)'],
  [/^=/, formulaFault],
  [/^#+[A-Z/0!?]*$/, 'an error of a spreadsheet in place of the value'],
  [
    /^[+-]?[0-9]+(?:[.,][0-9]+)?[eE][+-]?[0-9]+$/,
    'an exponent: a spreadsheet took it for a number and dropped digits; format the column as text and export it again',
  ],
  [
    /^[0-9]+[.,]0+$/,
    'a decimal fraction: a spreadsheet took it for a number; format the column as text and export it again',
  ],
  [/[^ -~]/, 'a character that is not ASCII'],
];

/** Why a cell cannot hold digits, for a reject file; null if none of the usual causes fits. Repeats nothing of it. */
export function unusualContent(text: string): string | null {
  return causes.find(([form]) => form.test(text))?.[1] ?? null;
}
