/**
 * Reads from a SIP header who is calling. Any part of it may be written by the caller, so nothing is
 * guessed: what is not plainly a sip:, sips: or tel: URI names nobody.
 */

/** Longer headers name nobody: no honest one is as long. Bytes. */
const maxHeaderLength = 256;

/** One entry as it stands: its URI in angle brackets, or the text of an entry that has none. */
interface Entry {
  text: string;
  bracketed: string | null;
}

/**
 * The user part of every identity in a From or P-Asserted-Identity header, in order and without escapes:
 * `+84912345678`, `anonymous`, or any other text. An entry that cannot be read gives an empty text, and
 * so does a header whose quotes or brackets do not pair; an absent header has no entries.
 *
 * P-Asserted-Identity may hold several, separated by commas (RFC 3325, 9.1).
 *
 * @example usersOf('"A, B" <sip:+84912345678@carrier;user=phone>, <tel:+84912345678>')
 * // ['+84912345678', '+84912345678']
 */
export function usersOf(header: string): string[] {
  if (header === '') return [];
  if (Buffer.byteLength(header) > maxHeaderLength) return [''];
  return readEntries(header)?.map(userOf).map(unescaped) ?? [''];
}

/** `%2B84912345678` is `+84912345678` (RFC 3261, 19.1.4). A malformed escape names nobody. */
function unescaped(user: string): string {
  if (!user.includes('%')) return user;
  try {
    return decodeURIComponent(user);
  } catch {
    return '';
  }
}

/**
 * Splits at the commas outside quotes and brackets, in one pass. Display names in quotes are left out:
 * they may hold brackets, commas and whole URIs.
 *
 * @returns null if a quote or bracket has no partner, or an entry has two pairs of brackets
 */
function readEntries(header: string): Entry[] | null {
  const entries: Entry[] = [];
  let entry: Entry = { text: '', bracketed: null };
  let at = 0;
  while (at < header.length) {
    const character = header[at]!;
    if (character === '"') {
      at = endOfQuoted(header, at);
      if (at === -1) return null;
      entry.text += ' ';
    } else if (character === '<') {
      const close = header.indexOf('>', at);
      if (close === -1 || entry.bracketed !== null) return null;
      entry.bracketed = header.slice(at + 1, close);
      at = close;
    } else if (character === '>') {
      return null;
    } else if (character === ',') {
      entries.push(entry);
      entry = { text: '', bracketed: null };
    } else {
      entry.text += character;
    }
    at++;
  }
  return [...entries, entry];
}

/** Where the quoted text that begins at `from` ends; -1 if it does not. A backslash quotes what follows. */
function endOfQuoted(header: string, from: number): number {
  for (let at = from + 1; at < header.length; at++) {
    if (header[at] === '"') return at;
    if (header[at] === '\\') at++;
  }
  return -1;
}

function userOf({ text, bracketed }: Entry): string {
  const uri = bracketed?.trim() ?? text.trim().split(/[\s;]/, 1)[0] ?? '';
  if (/["<>]/.test(uri)) return '';
  const [, tel] = /^tel:([^;@]+)(?:;[^@]*)?$/i.exec(uri) ?? [];
  // The user may carry parameters (RFC 3398: `;npdi`, `;phone-context=`) and a password.
  const [, sip] = /^sips?:([^;:@]+)(?:[;:][^@]*)?@[^@]+$/i.exec(uri) ?? [];
  return tel ?? sip ?? '';
}
