/** Says why a server could not be reached over TLS, in one sentence that names what was expected. */

/**
 * By the code of Node's error. OpenSSL's own are `ERR_SSL_` and its reason, or, while something was being
 * written, `EPROTO` with the reason in the message.
 */
const causes: readonly (readonly [RegExp, string])[] = [
  [/^CERT_HAS_EXPIRED$/, 'expected a certificate that is valid now, and it has expired'],
  [
    /^CERT_NOT_YET_VALID$/,
    "expected a certificate that is valid now, and it is not valid yet: compare the machines' clocks",
  ],
  [
    /SELF_SIGNED|^UNABLE_TO_(GET|VERIFY)_|^CERT_UNTRUSTED$/,
    'expected a certificate from an authority in the file of $SETTING, or without that file from one that Node trusts, and no such authority has signed it',
  ],
  [
    /protocol[ _]version|unsupported[ _]protocol|handshake[ _]failure|no[ _]shared[ _]cipher/i,
    'expected TLS 1.2 or later, and the server does not speak it',
  ],
  [/wrong[ _]version[ _]number|packet[ _]length/i, 'expected TLS, and the server does not speak it'],
];

/**
 * One sentence about a failed TLS handshake, or null if the error is of another kind. Names the host
 * that was asked, which is no secret, and nothing of the certificate.
 *
 * @param error what Node's https reports
 * @param setting the one that names the file of the authorities
 */
export function describeTlsFailure(
  error: unknown,
  { host, setting }: { readonly host: string; readonly setting: string },
): string | null {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return null;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `TLS: expected a certificate for ${host}, and the server's is for another name`;
  const cause = causes.find(([form]) => form.test(code === 'EPROTO' ? String(message) : code))?.[1];
  return cause === undefined ? null : `TLS: ${cause.replace('$SETTING', setting)}`;
}
