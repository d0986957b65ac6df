/** Says why a server could not be reached over TLS, in one sentence that names what was expected. */

/** Node's words for a server that closes the connection during the handshake (code ECONNRESET). */
const cutOff = /^Client network socket disconnected before secure TLS/;

/**
 * By code or words of the error, the first that fits. The alerts, which the server sends, stand before what is
 * found in its certificates: they use the same words.
 */
const causes: readonly (readonly [RegExp, string])[] = [
  [/wrong[ _]version[ _]number|packet[ _]length/i, 'expected TLS, and the server does not speak it'],
  [
    /protocol[ _]version|unsupported[ _]protocol/i,
    'expected TLS 1.2 or later, and the server does not speak it',
  ],
  [
    /alert[ _]certificate[ _]required/i,
    'expected a server that asks for no certificate of the client, and it requires one',
  ],
  [
    /handshake[ _]failure|no[ _]shared[ _]cipher/i,
    'expected TLS 1.2 or later, with a cipher that both sides accept and no certificate of the client, and the server refused that',
  ],
  [/[ _]alert[ _]/i, 'expected an encrypted connection, and the server refused it with: $WORDS'],
  [cutOff, 'expected an encrypted connection, and the server closed it during the handshake'],
  [
    /CERT_HAS_EXPIRED|certificate has expired/,
    'expected a certificate that is valid now, and it has expired',
  ],
  [
    /CERT_NOT_YET_VALID|certificate is not yet valid/,
    "expected a certificate that is valid now, and it is not valid yet: compare the machines' clocks",
  ],
  [
    /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|self[- ]signed|unable to (get (local )?issuer cert|verify)|certificate not trusted/,
    'expected a certificate from an authority in the file of $FILE, or without it from one $OTHERWISE, and no such authority has signed it',
  ],
  [
    /^INVALID_PURPOSE|certificate purpose/,
    'expected a certificate for servers (serverAuth) from authorities that may sign it, and one of these certificates is for another purpose',
  ],
  [
    /^(INVALID_CA|PATH_LENGTH_EXCEEDED|CERT_CHAIN_TOO_LONG)|invalid CA cert|path length|chain too long|subtree violation|certificate signing/,
    'expected a certificate from authorities that may sign it, and one of them may not: $WORDS',
  ],
  [
    /(key|md|algorithm)[ _]too[ _](weak|small)/i,
    'expected keys of 2048 bits or more (of elliptic curves 224) and no signature by SHA-1 or MD5, and the server has: $WORDS',
  ],
  [
    /^CERT_REVOKED|certificate revoked/,
    'expected a certificate that is valid now, and its authority has revoked it',
  ],
];

/** What Node calls the errors of X509_verify_cert(3); all others of OpenSSL's are UNSPECIFIED. */
const ofVerification =
  /^(UNSPECIFIED|CERT_\w+|CRL_\w+|UNABLE_TO_\w+|ERROR_IN_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|INVALID_(CA|PURPOSE)|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH|OUT_OF_MEM)$/;
/** Node's codes for a failed handshake, and mysql2's for both kinds. */
const ofHandshake = /^(ERR_(SSL|TLS|OSSL)_.+|EPROTO|HANDSHAKE_SSL_ERROR)$/;

/** How Node names the host asked for, and those that the certificate names (tls.checkServerIdentity). */
const otherNames =
  /^Hostname\/IP does not match certificate's altnames: (?:Host: (.*?)\. is not (?:in the cert's altnames: |cert's CN: )|IP: (\S+) is not in the cert's list: )(.*)/;

/** Of the names in a certificate, which anybody on the way may have written. Characters. */
const maxNames = 200;

/** Where the authorities come from that are trusted. */
export interface TrustedAuthorities {
  /** The setting that names their file: `ARI_CA_FILE`. */
  readonly file: string;
  /** Whom one trusts without that file: `that Node trusts`. */
  readonly otherwise: string;
}

/** What Node and mysql2 put into an error of TLS; mysql2 keeps the message alone. */
interface TlsError {
  readonly code?: unknown;
  readonly message?: unknown;
  /** The certificate that is for another host. */
  readonly cert?: { readonly subjectaltname?: string };
}

/** Whether the server went away during the handshake, and may be back, instead of failing it. */
export function wasCutOff(error: unknown): boolean {
  const message = String((error as TlsError).message);
  return cutOff.test(message) || /^(read|write) E(CONN[A-Z]+|PIPE|TIMEDOUT)\b/.test(message);
}

/**
 * One sentence about a failed TLS handshake, or null if the error is of another kind. Names hosts, which are
 * no secrets, and nothing else of the certificate.
 *
 * @param error what Node's https or mysql2 reports
 */
export function describeTlsFailure(error: unknown, { file, otherwise }: TrustedAuthorities): string | null {
  const { code, message, cert } = (error ?? {}) as TlsError;
  if (typeof code !== 'string') return null;
  const text = String(message);
  if (text.startsWith('Hostname/IP does not match'))
    return describeOtherName(text, cert?.subjectaltname ?? '');
  if (!ofVerification.test(code) && !ofHandshake.test(code) && !cutOff.test(text)) return null;
  const words = wordsOf(text);
  const cause =
    causes.find(([form]) => form.test(code) || form.test(words))?.[1] ??
    (ofVerification.test(code)
      ? 'expected a certificate that can be verified, and it cannot: $WORDS'
      : 'expected an encrypted connection, and the handshake failed: $WORDS');
  return `TLS: ${cause
    .replace('$FILE', file)
    .replace('$OTHERWISE', otherwise)
    .replace('$WORDS', () => words)}`;
}

/**
 * OpenSSL's words. Those of the handshake stand in `error:0A00042E:SSL routines:ssl3_read_bytes:tlsv1 alert
 * protocol version:…` (ERR_error_string(3)); those of verification alone.
 */
function wordsOf(message: string): string {
  const start = message.indexOf('error:');
  const words = start < 0 ? message : (message.slice(start).split(':', 5)[4] ?? message);
  return printable(words);
}

function describeOtherName(message: string, altNames: string): string {
  const [, host, ip, inMessage = ''] = otherNames.exec(message) ?? [];
  const expected = host ?? ip;
  if (expected === undefined)
    return "TLS: expected a certificate for the host of the URL, and the server's names none";
  // Of a certificate without addresses Node lists none, and says nothing of the host names.
  const named = printable(inMessage === '' ? altNames : inMessage).replaceAll(/DNS:|IP Address:/g, '');
  return `TLS: expected a certificate for ${expected}, and the server's ${named === '' ? 'names none' : `is for ${named}`}`;
}

function printable(text: string): string {
  return text.slice(0, maxNames).replace(/[^ -~]/g, '');
}
