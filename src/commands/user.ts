/** `hotline user add|list|disable|enable|role|password` */
import { Argument, Option } from 'commander';
import { readSettings } from '../config.ts';
import { ExpectedError } from '../expected-error.ts';
import { actingUser } from '../machine/acting-user.ts';
import type { MysqlConsoleUsers } from '../mysql/console/mysql-console-users.ts';
import { roles, userNamePattern, type Role } from '../registry/console-users.ts';
import { HotlineCommand } from './hotline-command.ts';
import { listUsers } from './list-users.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print } from './print.ts';
import { withProgress } from './progress.ts';
import { SecretInput } from './secret-input.ts';

const settings = ['DATABASE_URL', 'AUDIT_KEY', 'NODE_NAME'] as const;
const deadlineMs = 10_000;

/** Nothing was changed. */
class UserActFailed extends ExpectedError {
  override readonly name = 'UserActFailed';
}

export function userCommand(): HotlineCommand {
  const command = new HotlineCommand('user');
  command.description('users of the console');
  const add = subcommand(
    command,
    'add',
    'add a user, whose password it asks for or reads from standard input',
  );
  add
    .addOption(new Option('--role <role>', roleMeaning).choices(roles).makeOptionMandatory())
    .example('hotline user add lan --role officer', 'ask for a password, and add the user')
    .action(addUser);
  const list = new HotlineCommand('list', settings);
  list
    .description('all users, one a line')
    .option(...jsonOption)
    .example('hotline user list', 'who may sign in, and who is signed in')
    .action(showUsers);
  command.addCommand(list);
  subcommand(command, 'disable', 'end all sessions of a user, who may not sign in any more')
    .example('hotline user disable lan', 'sign the user out, and refuse the next sign-in')
    .action(disableUser);
  subcommand(command, 'enable', 'let a disabled user sign in again')
    .example('hotline user enable lan', 'the password is as it was')
    .action(enableUser);
  subcommand(command, 'role', 'give a user another role')
    .addArgument(new Argument('<role>', roleMeaning).choices(roles))
    .example('hotline user role lan admin', 'holds at once, in open sessions too')
    .action(setRole);
  subcommand(command, 'password', 'give a user a new password, and end all their sessions')
    .example('hotline user password lan', 'ask for it twice')
    .action(setPassword);
  return command;
}

function subcommand(command: HotlineCommand, name: string, description: string): HotlineCommand {
  const added = new HotlineCommand(name, settings);
  added.description(description).argument('<name>', '2 to 32 of a-z 0-9 . _ -', readName);
  command.addCommand(added);
  return added;
}

const roleMeaning = 'viewer: figures; officer: also search and calls; admin: also users and drain';

/** @throws OptionError */
function readName(name: string): string {
  if (userNamePattern.test(name)) return name;
  throw new OptionError(
    'The name cannot be used: expected 2 to 32 small letters a-z, digits, dots, underscores and hyphens',
  );
}

/** @throws UserActFailed, OptionError, as all below; RegistryUnavailable */
async function addUser(name: string, { role }: { role: Role }): Promise<void> {
  await withUsers(async (users, by) => {
    const isTaken = (await waitFor(users.listUsers())).some((user) => user.name === name);
    const added =
      !isTaken && (await waitFor(users.addUser({ name, role, passwordHash: await askPassword(name) }, by)));
    if (!added) throw new UserActFailed(`There is a user ${name} already: nothing was changed`);
    print(`added: ${name}, ${role}`);
  });
}

async function showUsers({ json = false }: { json?: boolean }): Promise<void> {
  await withUsers(async (users) => listUsers(await waitFor(users.listUsers()), json));
}

async function disableUser(name: string): Promise<void> {
  await withUsers(async (users, by) => {
    requireUser(name, await waitFor(users.disableUser(name, by)));
    print(`disabled: ${name}, whose sessions have ended`);
  });
}

async function enableUser(name: string): Promise<void> {
  await withUsers(async (users, by) => {
    requireUser(name, await waitFor(users.enableUser(name, by)));
    print(`enabled: ${name}, with the password as it was`);
  });
}

async function setRole(name: string, role: Role): Promise<void> {
  await withUsers(async (users, by) => {
    requireUser(name, await waitFor(users.setRole(name, role, by)));
    print(`changed: ${name} is ${role} now`);
  });
}

async function setPassword(name: string): Promise<void> {
  await withUsers(async (users, by) => {
    requireUser(
      name,
      (await waitFor(users.listUsers())).some((user) => user.name === name),
    );
    requireUser(name, await waitFor(users.setPassword(name, await askPassword(name), by)));
    print(`changed: the password of ${name}, whose sessions have ended`);
  });
}

/** Says that it waits, if it does so for long. */
function waitFor<T>(answer: Promise<T>): Promise<T> {
  return withProgress('waiting for the database', () => answer);
}

function requireUser(name: string, isThere: boolean): void {
  if (!isThere) throw new UserActFailed(`No user has the name ${name}: nothing was changed`);
}

/** The hash of a password that may be used. */
async function askPassword(name: string): Promise<string> {
  const [{ PasswordChecks }, { describePasswordFault, findPasswordFault }] = await Promise.all([
    import('../accounts/password-checks.ts'),
    import('../accounts/chosen-password.ts'),
  ]);
  const input = new SecretInput();
  try {
    const password = await input.readNewPassword();
    const fault = findPasswordFault(password, [name, readSettings(['NODE_NAME']).NODE_NAME]);
    if (fault !== null) throw new OptionError(`${describePasswordFault(fault)}; nothing was changed`);
    return await new PasswordChecks().hash(password);
  } finally {
    input.close();
  }
}

/** @param work with the name under which its acts stand in the audit log */
async function withUsers(work: (users: MysqlConsoleUsers, by: string) => Promise<void>): Promise<void> {
  const { DATABASE_URL, AUDIT_KEY, NODE_NAME } = readSettings(settings);
  const [{ Database }, { MysqlConsoleUsers }] = await Promise.all([
    import('../mysql/database/database.ts'),
    import('../mysql/console/mysql-console-users.ts'),
  ]);
  const database = new Database({ url: DATABASE_URL, poolSize: 1, deadlineMs });
  try {
    await work(new MysqlConsoleUsers(database, { key: AUDIT_KEY, node: NODE_NAME }), actingUser());
  } finally {
    await database.end();
  }
}
