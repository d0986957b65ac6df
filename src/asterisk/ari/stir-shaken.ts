/**
 * Reads which caller and which called number a call was signed for. Asterisk verifies the signature,
 * of the first Identity header; that header is read here.
 */
import { z } from 'zod';
import type { Passport } from '../../call/channel.ts';

/** Longer values are cut off by Asterisk (VAR_BUF_SIZE). */
const maxHeaderLength = 4096;

/**
 * The token, up to the parameters (`;info=<…>;ppt=shaken`): header, payload and signature, each in
 * base64url (RFC 8224, 4; RFC 7515, 7.1).
 */
const token = /^[\w-]+\.([\w-]+)\.[\w-]+\s*;/;

/** The claims that are used (RFC 8225, 5.2.1). */
const payload = z.object({ orig: z.object({ tn: z.string() }), dest: z.object({ tn: z.array(z.string()) }) });

/**
 * The telephone numbers in the PASSporT of an Identity header, unchanged. Null if the header is absent
 * or cannot be read, or if it was signed by or for SIP addresses only.
 */
export function readPassport(header: string): Passport | null {
  if (header.length > maxHeaderLength) return null;
  const [, claims = ''] = token.exec(header) ?? [];
  try {
    const { orig, dest } = payload.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()));
    return { caller: orig.tn, called: dest.tn };
  } catch {
    return null;
  }
}
