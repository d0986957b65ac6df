import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { inCheckout } from './enter-checkout.ts';
import { checkout, checkoutOwner, type Owner } from './run-state.ts';
import { StartError } from './start-error.ts';

/** Ids that no user has: from the range systemd gives to services while they run (DynamicUser=, 61184 to 65519). */
const unusedUser: Owner = { uid: 61_900, gid: 61_900 };

/**
 * The user the application runs as: the owner of the checkout; if that is root, a user with no rights
 * at all. Never root.
 *
 * @throws StartError (noPermission) when that user cannot run the program: files of the checkout are
 *   not readable by others. The folders above it may be closed (enter-checkout.ts)
 */
export function serviceUser(): Owner {
  const owner = checkoutOwner();
  const user = owner.uid === 0 ? unusedUser : owner;
  if (canRun(user)) return user;
  throw new StartError(
    'noPermission',
    `The files in ${checkout} cannot be read by other users, and the application runs as one, never as root: chmod -R o+rX ${checkout}/src ${checkout}/examples ${checkout}/node_modules ${checkout}/package.json, then try again.`,
  );
}

/** One that loads nothing else. */
const example = join(checkout, 'examples/phone/settings.ts');

/** Whether this user can load the program, and a file of what only `make run` shows. */
function canRun(user: Owner): boolean {
  const [program = '', ...words] = inCheckout(
    user,
    [],
    [process.execPath, '--import', example, join(checkout, 'src/cli.ts'), '--help'],
  );
  return spawnSync(program, words, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}
