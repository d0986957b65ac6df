import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkout, checkoutOwner, type Owner } from './run-state.ts';

/** Ids that no user has: from the range systemd gives to services while they run (DynamicUser=, 61184 to 65519). */
const unusedUser: Owner = { uid: 61_900, gid: 61_900 };

/**
 * The user the application runs as: the owner of the checkout, who can read it; if that is root, a
 * user with no rights at all.
 *
 * @returns `isRoot` when there is no other way: nobody else can read the checkout
 */
export function serviceUser(): Owner & { readonly isRoot: boolean } {
  const owner = checkoutOwner();
  if (owner.uid !== 0) return { ...owner, isRoot: false };
  return canRun(unusedUser) ? { ...unusedUser, isRoot: false } : { ...owner, isRoot: true };
}

/** Whether this user can run the program: it reads node_modules/ and src/, which may lie in a closed home directory. */
function canRun(user: Owner): boolean {
  const tried = spawnSync(process.execPath, [join(checkout, 'src/cli.ts'), '--help'], {
    ...user,
    cwd: '/',
    stdio: 'ignore',
    timeout: 20_000,
  });
  return tried.status === 0;
}
