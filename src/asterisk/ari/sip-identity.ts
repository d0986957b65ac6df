/**
 * Reads who a SIP header says is calling. Every part of such a header can be the caller's own
 * text, so nothing here guesses: what is not plainly a sip:, sips: or tel: URI names nobody.
 */

/** Longer than any honest header: not read at all. */
const longestHeader = 1024;

/** One entry: a bare URI, or a URI in angle brackets with a display name before it. */
const entry = /^(?:[^<>]*<\s*([^<>]+?)\s*>[^<>]*|\s*([^<>\s;]+)[^<>]*)$/;

/**
 * The user of every identity in a From or P-Asserted-Identity header, in order, as it stands there:
 * `+84912345678`, `anonymous`, anything. An entry that cannot be read is an empty text; an absent
 * header has no entry.
 *
 * P-Asserted-Identity may hold several, separated by commas (RFC 3325, 9.1).
 *
 * @example usersOf('"A, B" <sip:+84912345678@carrier;user=phone>, <tel:+84912345678>')
 * // ['+84912345678', '+84912345678']
 */
export function usersOf(header: string): string[] {
  if (header === '') return [];
  if (header.length > longestHeader) return [''];
  // Display names go first: they may hold brackets, commas and whole URIs.
  const unquoted = header.replace(/"(?:[^"\\]|\\.)*"/g, ' ');
  if (unquoted.includes('"')) return [''];
  return splitEntries(unquoted).map(userOf);
}

/** At the commas outside of angle brackets. */
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
