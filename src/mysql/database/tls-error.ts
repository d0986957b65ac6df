/** Says why a connection to the database could not be encrypted. */

/** What Node and OpenSSL say, in the words of {@link describeTlsError}. mysql2 keeps only their message. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/expired/, 'expected a certificate that is valid now, and it has expired'],
  [
    /not yet valid/,
    "expected a certificate that is valid now, and it is not valid yet: compare the machines' clocks",
  ],
  [
    /self[- ]signed|unable to (get|verify)|issuer/,
    "expected a certificate from an authority in the file of tls-ca, or without tls-ca from one of this system's, and no such authority has signed it",
  ],
  [
    /protocol|version|no shared cipher|handshake failure/,
    'expected TLS 1.2 or later, and the server does not speak it',
  ],
];

/** How Node names the host asked for, and those that the certificate names (tls.checkServerIdentity). */
const otherNames =
  /^Hostname\/IP does not match certificate's altnames: Host: (.*?)\. is not (?:in the cert's altnames: |cert's CN: )(.*)/;

/** Of the names in a certificate, which anybody on the way may have written. Characters. */
const maxNames = 200;

/**
 * One sentence about a failed TLS handshake. Names hosts, which are no secrets, and nothing else of the
 * certificate.
 */
export function describeTlsError(message: string): string {
  const [, expected, named = ''] = otherNames.exec(message) ?? [];
  if (expected !== undefined)
    return `TLS: expected a certificate for ${expected}, and the server's is for ${named.slice(0, maxNames).replaceAll('DNS:', '')}`;
  if (message.startsWith('Hostname/IP does not match'))
    return "TLS: expected a certificate for the host of the URL, and the server's names none";
  return `TLS: ${causes.find(([form]) => form.test(message))?.[1] ?? 'expected an encrypted connection, and the handshake failed'}`;
}
