/** What the INVITE of a call says of its caller. The headers travel in response bodies only, never in a variable or URL. */
import type { CallerClaims, SignedCall } from '../../call/channel.ts';
import { isUnreadable, isWithoutValue } from './ari-errors.ts';
import { usersOf } from './sip-identity.ts';
import { readPassport } from './stir-shaken.ts';

/** Reads a variable of the channel. @throws ChannelGone, AriRequestFailed */
type ReadVariable = (variable: string) => Promise<string>;

/** Who the caller is said to be, and by whom. */
export async function readClaims(read: ReadVariable): Promise<CallerClaims> {
  const [from, first, second, third, via] = await Promise.all([
    readHeader(read, 'From'),
    readHeader(read, 'P-Asserted-Identity,1'),
    readHeader(read, 'P-Asserted-Identity,2'),
    readHeader(read, 'P-Asserted-Identity,3'), // more than are allowed: what it says does not matter
    readHeader(read, 'Via'),
  ]);
  return {
    // One that is there and cannot be read names nobody; it must not pass for absent.
    asserted: [first, second, third].flatMap((header) => (header === null ? [''] : usersOf(header))),
    from: usersOf(from ?? '').join(),
    // Every call has a Via. One that cannot be read may hold anything.
    isAnsweredElsewhere: !via || /maddr/i.test(via),
  };
}

/** What the carrier signed of the call (STIR). */
export async function readSignature(read: ReadVariable): Promise<SignedCall> {
  // The dialled number, from the Request-URI. The extension has changed since, in the menu.
  const [dialled, identity] = await Promise.all([read('CALLERID(dnid)'), readHeader(read, 'Identity')]);
  return { dialled, passport: readPassport(identity ?? '') };
}

/**
 * A header; empty if absent, null if it is not UTF-8. (extensions-identity.conf has turned away calls with
 * a header that is too long to be read, which looks as if it were absent.)
 */
async function readHeader(read: ReadVariable, header: string): Promise<string | null> {
  try {
    return await read(`PJSIP_HEADER(read,${header})`);
  } catch (error) {
    if (isWithoutValue(error)) return '';
    if (isUnreadable(error)) return null;
    throw error;
  }
}
