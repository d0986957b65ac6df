/**
 * Reads which number a call was signed for. The signature itself is Asterisk's business; it verifies
 * the first Identity header, so that is the one to be read here.
 */
import { z } from 'zod';

/** Asterisk hands out no longer value (VAR_BUF_SIZE). */
const longestHeader = 4096;

/**
 * The token, up to the parameters (`;info=<…>;ppt=shaken`): header, payload and signature, each in
 * base64url (RFC 8224, 4; RFC 7515, 7.1).
 */
const token = /^[\w-]+\.([\w-]+)\.[\w-]+\s*;/;

/** The one claim of interest (RFC 8225, 5.2.1). */
const payload = z.object({ dest: z.object({ tn: z.array(z.string()) }) });

/**
 * The telephone numbers in `dest` of the PASSporT that an Identity header holds, as they stand
 * there. None for an absent header, one that cannot be read, or one signed for SIP addresses only.
 */
export function signedDestinations(header: string): readonly string[] {
  if (header.length > longestHeader) return [];
  const [, claims = ''] = token.exec(header) ?? [];
  try {
    return payload.parse(JSON.parse(Buffer.from(claims, 'base64url').toString())).dest.tn;
  } catch {
    return [];
  }
}
