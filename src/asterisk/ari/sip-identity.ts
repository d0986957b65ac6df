/**
 * Reads from a SIP header who is calling. Any part of it may be written by the caller, so nothing is
 * guessed: what is not plainly a sip:, sips: or tel: URI names nobody.
 */

/** Longer headers are not read: no honest one is as long. */
const maxHeaderLength = 1024;

/** One entry: a bare URI, or a URI in angle brackets with a display name before it. */
const entry = /^(?:[^<>]*<\s*([^<>]+?)\s*>[^<>]*|\s*([^<>\s;]+)[^<>]*)$/;

/**
 * The user part of every identity in a From or P-Asserted-Identity header, in order and unchanged:
 * `+84912345678`, `anonymous`, or any other text. An entry that cannot be read gives an empty text;
 * an absent header has no entries.
 *
 * P-Asserted-Identity may hold several, separated by commas (RFC 3325, 9.1).
 *
 * @example usersOf('"A, B" <sip:+84912345678@carrier;user=phone>, <tel:+84912345678>')
 * // ['+84912345678', '+84912345678']
 */
export function usersOf(header: string): string[] {
  if (header === '') return [];
  if (header.length > maxHeaderLength) return [''];
  // Display names are removed first: they may hold brackets, commas and whole URIs.
  const unquoted = header.replace(/"(?:[^"\\]|\\.)*"/g, ' ');
  if (unquoted.includes('"')) return [''];
  return splitEntries(unquoted).map(userOf);
}

/** Splits at the commas outside angle brackets. */
function splitEntries(header: string): string[] {
  return header.match(/(?:<[^<>]*>|[^,<>]|[<>])+/g) ?? [''];
}

function userOf(text: string): string {
  const found = entry.exec(text);
  const uri = found?.[1] ?? found?.[2] ?? '';
  const [, tel] = /^tel:([^;@]+)(?:;[^@]*)?$/i.exec(uri) ?? [];
  // The user may carry parameters (RFC 3398: `;npdi`, `;phone-context=`) and a password.
  const [, sip] = /^sips?:([^;:@]+)[^@]*@[^@]+$/i.exec(uri) ?? [];
  return tel ?? sip ?? '';
}
