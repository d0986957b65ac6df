import { countOf } from '../count-of.ts';
import type { ConsoleUser } from '../registry/console-users.ts';
import { vietnamTime } from '../timing/vietnam-time.ts';
import { print, printReport } from './print.ts';

/** Prints the users, a line each, or as one JSON document. */
export function listUsers(users: readonly ConsoleUser[], json: boolean): void {
  if (json) return printReport({ users });
  if (users.length === 0) return print('no console user yet: hotline user add NAME --role admin');
  const width = Math.max(...users.map(({ name }) => name.length));
  print(...users.map((user) => describe(user, width)));
}

function describe(
  { name, role, disabledAt, lastSignInAt, openSessions }: ConsoleUser,
  width: number,
): string {
  const signedIn = lastSignInAt === null ? 'never signed in' : `signed in ${vietnamTime(lastSignInAt)}`;
  const state =
    disabledAt === null ? countOf(openSessions, 'open session') : `disabled ${vietnamTime(disabledAt)}`;
  return [name.padEnd(width), role.padEnd(7), signedIn.padEnd(36), state].join('  ');
}
