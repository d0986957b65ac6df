/**
 * The one reader of settings. A command is given the settings it asks for, and no others.
 *
 * Elsewhere only src/local/ looks at `process.env`, to hand an environment on: application.ts to the
 * services, become-root.ts to sudo (and to find it in PATH), logged-command.ts to the tools it runs.
 */
import { accessSync, constants, existsSync, lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { ExpectedError } from './expected-error.ts';
import { isInstalled } from './installation.ts';
import { EnvFileError, readEnvFile } from './machine/env-file.ts';
import { isOpenTo } from './machine/file-mode.ts';
import type { SystemdEnvironment } from './machine/systemd.ts';
import { settingGroups, settings, type Setting } from './settings.ts';

export type SettingName = keyof typeof settings;

/** Validated settings, by variable name. */
export type Config = { readonly [Name in SettingName]: z.output<(typeof settings)[Name]['schema']> };

/** A variable is missing or has a value that is not allowed. The message never holds the value. */
export class ConfigError extends ExpectedError {
  override readonly name = 'ConfigError';

  override get exitCode(): number {
    return 2;
  }
}

/**
 * Reads the named settings.
 *
 * @param given default: the process's own and, for what it does not set, the files of settings, so that
 *   `hotline import` and the like need no set-up
 * @throws ConfigError naming every wrong variable and what it may be, one a line
 */
export function readSettings<Name extends SettingName>(
  names: readonly Name[],
  given?: NodeJS.Dict<string>,
): Pick<Config, Name> {
  const environment = given ?? ownEnvironment();
  const values: Record<string, unknown> = {};
  const unset: string[] = [];
  const problems: string[] = [];
  for (const name of names) {
    const setting: Setting = settings[name];
    const text = environment[name] || setting.default;
    const result = setting.schema.safeParse(text);
    if (result.success) values[name] = result.data;
    else if (text === undefined) unset.push(name);
    else problems.push(`${name} has a value that is not allowed: expected ${setting.allowed}`);
  }
  const [file = ''] = settingsFiles;
  // Started by systemd, it has what systemd took from the file, and need not read it.
  const isService = systemdEnvironment().NOTIFY_SOCKET !== undefined;
  if (unset.length > 0 && given === undefined && !isService && isUnreadable(file))
    throw new ConfigError(
      `${file} cannot be read by this user, and the environment does not set ${unset.join(', ')}: run the command as root or as the owner of that file`,
    );
  problems.unshift(
    ...unset.map((name) => `${name} is not set: expected ${settings[name as SettingName].allowed}`),
  );
  if (problems.length > 0 && given === undefined) problems.push(whereToSet());
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return values as Pick<Config, Name>;
}

/** What to do about a setting that is missing or wrong: a sentence. A checkout has the file from its first start on. */
export function whereToSet(): string {
  const [file = ''] = settingsFiles;
  return isInstalled || existsSync(file)
    ? `Set it in ${file} or in the environment`
    : `Start the hotline with make run, which writes ${file}, or set it in the environment`;
}

/** Where settings are kept, those of the application first: by the Debian package (tools/deb), or by `hotline run` in its checkout. */
export const settingsFiles: readonly string[] = isInstalled
  ? ['/etc/hotline/hotline.env', '/etc/hotline/owner.env']
  : [join(import.meta.dirname, '../.hotline/env')];

/**
 * The environment of this process, completed by the files of settings. Neither is ever copied into
 * `process.env`: a child would inherit every secret.
 */
export function ownEnvironment(): NodeJS.Dict<string> {
  const kept = Object.fromEntries(settingsFiles.flatMap((file) => Object.entries(readSettingsFile(file))));
  // A process that names another database must not work in this checkout's as its owner.
  if (process.env['DATABASE_URL']) delete kept['DATABASE_OWNER_URL'];
  return { ...kept, ...process.env };
}

/**
 * A file of settings. Empty for one that is not there, and for a service: it gets its own part by
 * environment and may not read the whole.
 *
 * @throws EnvFileError naming a line that cannot be read as written, or why nothing can be read
 */
export function readSettingsFile(file: string): NodeJS.Dict<string> {
  const text = readIfAllowed(file);
  return text === null ? {} : readEnvFile(text, file);
}

function isUnreadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

function readIfAllowed(file: string): string | null {
  try {
    if (!statSync(file).isFile()) throw new EnvFileError(`${file} is not a file: expected one ${ofLines}`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof EnvFileError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && isLink(file))
      throw new EnvFileError(`${file} is a broken link: expected a file ${ofLines}`);
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(code)) return null;
    throw new EnvFileError(`${file} cannot be read (${code}): expected a file ${ofLines}`);
  }
}

const ofLines = 'with a NAME=value a line';

function isLink(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/**
 * The files of settings hold every secret of the installation.
 *
 * @throws ConfigError naming the file, when others than its owner and group can read it, or change it;
 *   EnvFileError when it is there and is nothing that can be read
 */
export function requirePrivateSettings(): void {
  const open = settingsFiles.find((file) => readIfAllowed(file) !== null && isOpenTo(0o027, file));
  if (open === undefined) return;
  throw new ConfigError(
    `${open} can be read or changed by other users, so its secrets may be known: put new ones into it and give it mode 0600`,
  );
}

/**
 * The application must not hold the rights of the schema's owner, who can change the audit log. What
 * lies in the run state's file it does not read; its environment is its own.
 *
 * @throws ConfigError when `DATABASE_OWNER_URL` is set in the environment
 */
export function refuseOwner(environment: NodeJS.Dict<string> = process.env): void {
  if (!environment['DATABASE_OWNER_URL']) return;
  throw new ConfigError(
    'DATABASE_OWNER_URL is set, and the application must not have the rights of the owner of the schema: start it without that variable, which only migrate, import and audit prune need',
  );
}

/**
 * The application reads no hash of a password, and the login page does (examples/login/). Only `make run` serves that.
 *
 * @throws ConfigError when `LOGIN_DATABASE_URL` is set in the environment of another application
 */
export function refuseLogin(environment: NodeJS.Dict<string> = process.env, installed = isInstalled): void {
  if (!environment['LOGIN_DATABASE_URL']) return;
  if (environment['DEVELOPER_PAGES'] === 'on' && !installed) return;
  throw new ConfigError(
    'LOGIN_DATABASE_URL is set, and only make run has a login page, for developers: start the application without that variable, whose user can read the hashes of passwords',
  );
}

/** What systemd has told this process about itself; no settings of ours. */
export function systemdEnvironment(): SystemdEnvironment {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, PATH } = process.env;
  return { NOTIFY_SOCKET, WATCHDOG_USEC, PATH };
}

/** Who has called sudo, which sets it, to run this process; undefined without sudo. */
export function sudoUser(): string | undefined {
  return process.env['SUDO_USER'] || undefined;
}

/** One row of docs/settings.md. */
export interface SettingDescription {
  readonly name: SettingName;
  readonly group: string;
  /** `required` when there is none. */
  readonly default: string;
  readonly allowed: string;
  readonly meaning: string;
}

/** The rows of docs/settings.md, group by group. */
export function describeSettings(): SettingDescription[] {
  return Object.entries(settingGroups).flatMap(([group, members]) =>
    Object.entries(members).map(([name, { default: fallback, allowed, meaning }]) => ({
      name: name as SettingName,
      group,
      default: fallback ?? 'required',
      allowed,
      meaning,
    })),
  );
}
