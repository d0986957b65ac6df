/** The headers of an INVITE that name the caller: From, P-Asserted-Identity and Privacy. */
import type { SipHeaders } from './sip-message.ts';

/** The caller's identity as a carrier's trunk would deliver it. */
export interface CallerIdentity {
  /** The number in From, sent as given: national, E.164, or anything else in tests of hostile input. */
  readonly from: string;
  /** Display name in From. Default: none. */
  readonly displayName?: string;
  /**
   * The number in P-Asserted-Identity (RFC 3325); `null` sends none. Default: the same as `from`, or
   * none when withheld.
   */
  readonly pai?: string | null;
  /** Withholds the number: an anonymous From and `Privacy: id` (RFC 3323). */
  readonly withheld?: boolean;
  /**
   * Headers to send as they are. A From, P-Asserted-Identity or Privacy replaces the generated one;
   * the tag is appended to From.
   */
  readonly headers?: SipHeaders;
}

/** Characters allowed in a SIP user part (RFC 3261, 25.1), except ; ? / which Asterisk takes as separators. */
const unreserved = /[A-Za-z0-9\-_.!~*'()&=+$,]/;

/** Escapes a number for the user part of a SIP URI: other characters are percent-encoded as UTF-8. */
function escapeUser(number: string): string {
  return Array.from(Buffer.from(number, 'utf8'), (byte) => {
    const character = String.fromCharCode(byte);
    return unreserved.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');
}

const quote = (name: string): string => `"${name.replace(/[\r\n]/g, ' ').replace(/["\\]/g, '\\$&')}" `;

function fromOf(identity: CallerIdentity, host: string): string {
  if (identity.withheld) return '"Anonymous" <sip:anonymous@anonymous.invalid>';
  const name = identity.displayName === undefined ? '' : quote(identity.displayName);
  return `${name}<sip:${escapeUser(identity.from)}@${host}>`;
}

/** Builds the headers of an INVITE that say who is calling. From comes first, with its tag. */
export function buildIdentityHeaders(identity: CallerIdentity, host: string, fromTag: string): SipHeaders {
  const pai = identity.pai === undefined ? (identity.withheld ? null : identity.from) : identity.pai;
  const made: [string, string][] = [['From', fromOf(identity, host)]];
  if (pai !== null) made.push(['P-Asserted-Identity', `<sip:${escapeUser(pai)}@${host}>`]);
  if (identity.withheld) made.push(['Privacy', 'id']);
  const own = identity.headers ?? [];
  const replaced = new Set(own.map(([name]) => name.toLowerCase()));
  const all = [...own, ...made.filter(([name]) => !replaced.has(name.toLowerCase()))];
  const [from, others] = [
    all.find(([name]) => name.toLowerCase() === 'from'),
    all.filter(([name]) => name.toLowerCase() !== 'from'),
  ];
  return [['From', `${from?.[1] ?? ''};tag=${fromTag}`], ...others];
}
