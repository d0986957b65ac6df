/** What connections over TLS are opened with. */
import type { ConnectionOptions } from 'node:tls';

/**
 * TLS 1.2 or later, and a certificate that is verified, which NODE_TLS_REJECT_UNAUTHORIZED=0 in the
 * environment would otherwise turn off.
 *
 * @param authorities the certificates (PEM) of the only authorities that are trusted; undefined: those of Node
 */
export function verifiedTls(authorities: string | undefined): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(authorities !== undefined && { ca: authorities }),
  };
}
