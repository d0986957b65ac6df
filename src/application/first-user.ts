import type { Logger } from '../logger.ts';
import type { ConsoleUsers } from '../registry/console-users.ts';

/** There is no default user, so a start without any says how to make one. Never rejects: the lease says what fails. */
export async function sayHowToAddUser(users: Pick<ConsoleUsers, 'listUsers'>, logger: Logger): Promise<void> {
  const all = await users.listUsers().catch(() => null);
  if (all?.length === 0) logger.info('no console user yet: hotline user add NAME --role admin');
}
