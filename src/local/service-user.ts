import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout, checkoutOwner, type Owner } from './run-state.ts';

/** A number nobody has: from the range systemd gives to services for the time they run (DynamicUser=, 61184 to 65519). */
const nobodyElse: Owner = { uid: 61_900, gid: 61_900 };

/**
 * Whom the application runs as: the owner of the checkout, so that it can read it; where that is
 * root, a user with no right to anything.
 *
 * @returns `isRoot` when there is no other way: the checkout cannot be read by anybody else
 */
export function serviceUser(): Owner & { readonly isRoot: boolean } {
  const owner = checkoutOwner();
  if (owner.uid !== 0) return { ...owner, isRoot: false };
  return canRun(nobodyElse) ? { ...nobodyElse, isRoot: false } : { ...owner, isRoot: true };
}

/** Whether this user can run the program: it reads node_modules/ and src/, which may lie in somebody's closed home. */
function canRun(user: Owner): boolean {
  const tried = spawnSync(process.execPath, [join(checkout, 'src/cli.ts'), '--help'], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
    timeout: 20_000,
  });
  return tried.status === 0;
}
