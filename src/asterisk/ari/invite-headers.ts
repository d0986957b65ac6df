/** What the INVITE of a call says of its caller. The headers travel in response bodies only, never in a variable or URL. */
import type { CallerClaims, SignedCall } from '../../call/channel.ts';
import { isUnreadable, isWithoutValue } from './ari-errors.ts';
import { usersOf } from './sip-identity.ts';
import { readPassport } from './stir-shaken.ts';

/** Reads a variable of the channel. @throws ChannelGone, AriRequestFailed */
type ReadVariable = (variable: string) => Promise<string>;

/** A call may have two, and each re-INVITE in the menu may repeat them: enough for nine holds and their ends. */
const mostAssertions = 40;

/** Who the caller is said to be, and by whom. */
export async function readClaims(read: ReadVariable): Promise<CallerClaims> {
  const [from, asserted, via] = await Promise.all([
    readHeader(read, 'From'),
    readAssertions(read),
    readHeader(read, 'Via'),
  ]);
  return {
    asserted,
    from: usersOf(from ?? '').join(),
    // Every call has a Via. One that cannot be read may hold anything.
    isAnsweredElsewhere: !via || /maddr/i.test(via),
  };
}

/** Every user asserted, in order. One that cannot be read is '' and names nobody; it must not pass for absent. */
async function readAssertions(read: ReadVariable): Promise<string[]> {
  const users: string[][] = [];
  for (let number = 1; users.length <= mostAssertions && users.at(-1)?.length !== 0; number += 2) {
    const pair = [number, number + 1].map((each) => readHeader(read, `P-Asserted-Identity,${each}`));
    for (const header of await Promise.all(pair)) users.push(header === null ? [''] : usersOf(header));
  }
  // What goes beyond the two of RFC 3325 within one header, or beyond what is read, may say anything.
  const isTooMany = users.some(({ length }) => length > 2) || users.flat().length > mostAssertions;
  return isTooMany ? [...users.flat(), ''] : users.flat();
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
