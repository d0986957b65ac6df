/** What the INVITE of a call says of its caller. The headers travel in response bodies only, never in a variable or URL. */
import type { CallerClaims, SignedCall } from '../../call/channel.ts';
import { isUnreadable, isWithoutValue } from './ari-errors.ts';
import { readTogether, type ReadVariable } from './read-together.ts';
import { usersOf } from './sip-identity.ts';
import { readPassport } from './stir-shaken.ts';

/** A call may have two, and each re-INVITE in the menu may repeat them: enough for nine holds and their ends. */
const mostAssertions = 40;

/** Who the caller is said to be, and by whom. */
export async function readClaims(read: ReadVariable): Promise<CallerClaims> {
  const names = ['From', 'Via', ...assertions(1)];
  const [from, via, ...asserted] = await readHeaders(read, names);
  return {
    asserted: await readAssertions(read, asserted),
    from: usersOf(from ?? '').join(),
    // Every call has a Via. One that cannot be read may hold anything.
    isAnsweredElsewhere: !via || /maddr/i.test(via),
  };
}

/** The names of two P-Asserted-Identity headers. @param number of the first, from 1 */
function assertions(number: number): string[] {
  return [number, number + 1].map((each) => `P-Asserted-Identity,${each}`);
}

/**
 * Every user asserted, in order. One that cannot be read is '' and names nobody; it must not pass for absent.
 *
 * @param first the first two headers
 */
async function readAssertions(read: ReadVariable, first: readonly (string | null)[]): Promise<string[]> {
  const users = first.map(usersIn);
  while (users.length <= mostAssertions && users.at(-1)?.length !== 0)
    users.push(...(await readHeaders(read, assertions(users.length + 1))).map(usersIn));
  // What goes beyond the two of RFC 3325 within one header, or beyond what is read, may say anything.
  const isTooMany = users.some(({ length }) => length > 2) || users.flat().length > mostAssertions;
  return isTooMany ? [...users.flat(), ''] : users.flat();
}

function usersIn(header: string | null): string[] {
  return header === null ? [''] : usersOf(header);
}

/** What the carrier signed of the call (STIR). */
export async function readSignature(read: ReadVariable): Promise<SignedCall> {
  // The dialled number, from the Request-URI. The extension has changed since, in the menu.
  const dnid = 'CALLERID(dnid)';
  const [dialled, identity] =
    (await readTogether(read, [dnid, headerFunction('Identity')])) ??
    (await Promise.all([read(dnid), readHeader(read, 'Identity')]));
  return { dialled: dialled ?? '', passport: readPassport(identity ?? '') };
}

/** Headers, in order; each is empty if absent, null if it is not UTF-8. */
async function readHeaders(read: ReadVariable, names: readonly string[]): Promise<(string | null)[]> {
  const together = await readTogether(read, names.map(headerFunction));
  return together ?? Promise.all(names.map((name) => readHeader(read, name)));
}

/**
 * A header; empty if absent, null if it is not UTF-8. (extensions-identity.conf has turned away calls with
 * a header that is too long to be read, which looks as if it were absent.)
 */
async function readHeader(read: ReadVariable, header: string): Promise<string | null> {
  try {
    return await read(headerFunction(header));
  } catch (error) {
    if (isWithoutValue(error)) return '';
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/** @param header its name, and which of this name: `P-Asserted-Identity,2` */
function headerFunction(header: string): string {
  return `PJSIP_HEADER(read,${header})`;
}
