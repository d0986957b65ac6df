/**
 * Reads who was signed as the caller of a call, and which number it was signed for. The signature
 * itself is Asterisk's business; it verifies the first Identity header, so that is the one to be
 * read here.
 */
import { z } from 'zod';
import type { Passport } from '../../call/channel.ts';

/** Asterisk hands out no longer value (VAR_BUF_SIZE). */
const longestHeader = 4096;

/**
 * The token, up to the parameters (`;info=<…>;ppt=shaken`): header, payload and signature, each in
 * base64url (RFC 8224, 4; RFC 7515, 7.1).
 */
const token = /^[\w-]+\.([\w-]+)\.[\w-]+\s*;/;

/** The claims of interest (RFC 8225, 5.2.1). */
const payload = z.object({ orig: z.object({ tn: z.string() }), dest: z.object({ tn: z.array(z.string()) }) });

/**
 * The telephone numbers in the PASSporT that an Identity header holds, as they stand there; null for
 * an absent header, one that cannot be read, or one signed by or for SIP addresses only.
 */
export function readPassport(header: string): Passport | null {
  if (header.length > longestHeader) return null;
  const [, claims = ''] = token.exec(header) ?? [];
  try {
    const { orig, dest } = payload.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
    return { caller: orig.tn, called: dest.tn };
  } catch {
    return null;
  }
}
