/** Says why a server could not be reached over TLS, in one sentence that names what was expected. */

/**
 * By code and message of the error. Node's https has a code for each cause; OpenSSL's own are `ERR_SSL_` and
 * its reason, or, while something was being written, `EPROTO` with the reason in the message. mysql2 keeps
 * the message alone.
 */
const causes: readonly (readonly [RegExp, string])[] = [
  [/HAS_EXPIRED|has expired/, 'expected a certificate that is valid now, and it has expired'],
  [
    /NOT_YET_VALID|not yet valid/,
    "expected a certificate that is valid now, and it is not valid yet: compare the machines' clocks",
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|CERT_UNTRUSTED|self[- ]signed|unable to (get|verify)/,
    'expected a certificate from an authority in the file of $FILE, or without it from one $OTHERWISE, and no such authority has signed it',
  ],
  [/wrong[ _]version[ _]number|packet[ _]length/i, 'expected TLS, and the server does not speak it'],
  [
    /protocol[ _]version|unsupported[ _]protocol|handshake[ _]failure|no[ _]shared[ _]cipher/i,
    'expected TLS 1.2 or later, and the server does not speak it',
  ],
];

/** How Node names the host asked for, and those that the certificate names (tls.checkServerIdentity). */
const otherNames =
  /^Hostname\/IP does not match certificate's altnames: Host: (.*?)\. is not (?:in the cert's altnames: |cert's CN: )(.*)/;

/** Of the names in a certificate, which anybody on the way may have written. Characters. */
const maxNames = 200;

/** Where the authorities come from that are trusted. */
export interface TrustedAuthorities {
  /** The setting that names their file: `ARI_CA_FILE`. */
  readonly file: string;
  /** Whom one trusts without that file: `that Node trusts`. */
  readonly otherwise: string;
}

/**
 * One sentence about a failed TLS handshake, or null if the error is of another kind. Names hosts, which are
 * no secrets, and nothing else of the certificate.
 *
 * @param error what Node's https or mysql2 reports
 */
export function describeTlsFailure(error: unknown, { file, otherwise }: TrustedAuthorities): string | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return null;
  const text = String(message);
  if (text.startsWith('Hostname/IP does not match')) return describeOtherName(text);
  const isOfTls = /^(ERR_SSL_|ERR_TLS_|EPROTO$|HANDSHAKE_SSL_ERROR$|CERT_|UNABLE_TO_|DEPTH_|SELF_SIGNED)/;
  if (!isOfTls.test(code)) return null;
  const cause = causes.find(([form]) => form.test(code) || form.test(text))?.[1];
  if (cause !== undefined) return `TLS: ${cause.replace('$FILE', file).replace('$OTHERWISE', otherwise)}`;
  return 'TLS: expected an encrypted connection, and the handshake failed';
}

function describeOtherName(message: string): string {
  const [, expected, named = ''] = otherNames.exec(message) ?? [];
  return expected === undefined
    ? "TLS: expected a certificate for the host of the URL, and the server's names none"
    : `TLS: expected a certificate for ${expected}, and the server's is for ${named
        .slice(0, maxNames)
        .replaceAll('DNS:', '')
        .replace(/[^ -~]/g, '')}`;
}
