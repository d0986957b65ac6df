import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { envLine, readEnvFile } from '../machine/env-file.ts';
import { forAsterisk, newKey, newSecret } from '../machine/secret.ts';
import { checkoutOwner, makeDirectory, writePrivateFile, type Owner, type RunState } from './run-state.ts';

/** Where the private database and PBX listen: fixed, since asterisk-config/ and the docs name them. */
export const databasePort = 13306;

/** Where the SMS receiver for development takes messages. */
export const localGateway = 'http://127.0.0.1:8090/sms';

/** What `.hotline/env` holds: addresses and secrets of PBX, database and SMS receiver. */
export type Secrets = Record<
  | 'DATABASE_URL'
  | 'DATABASE_OWNER_URL'
  | 'HASH_KEY'
  | 'AUDIT_KEY'
  | 'ARI_URL'
  | 'ARI_USERNAME'
  | 'ARI_PASSWORD'
  | 'AMI_HOST'
  | 'AMI_PORT'
  | 'AMI_USERNAME'
  | 'AMI_PASSWORD'
  | 'SOFTPHONE_PASSWORD'
  | 'CONSOLE_PASSWORD'
  | 'SMS_GATEWAY_URL'
  | 'SMS_GATEWAY_SECRET',
  string
>;

/** What it holds besides where `make run` has made it: the login page of examples/login/ is nowhere else. */
export type RunSecrets = Secrets & { readonly LOGIN_DATABASE_URL: string };

function newSecrets(): Secrets {
  return {
    DATABASE_URL: `mysql://hotline:${newSecret()}@127.0.0.1:${databasePort}/hotline`,
    DATABASE_OWNER_URL: `mysql://hotline_owner:${newSecret()}@127.0.0.1:${databasePort}/hotline`,
    HASH_KEY: newKey(),
    AUDIT_KEY: newKey(),
    ARI_URL: 'http://127.0.0.1:8088',
    ARI_USERNAME: 'hotline',
    ARI_PASSWORD: newSecret(),
    AMI_HOST: '127.0.0.1',
    AMI_PORT: '5038',
    AMI_USERNAME: 'hotline',
    AMI_PASSWORD: newSecret(),
    SOFTPHONE_PASSWORD: newSecret(),
    CONSOLE_PASSWORD: newSecret(), // of the demo admin
    // The receiver that `hotline run` starts; put a real gateway here and it is not started.
    SMS_GATEWAY_URL: localGateway,
    // In the form of the Standard Webhooks specification, which its libraries read.
    SMS_GATEWAY_SECRET: `whsec_${randomBytes(24).toString('base64')}`,
  };
}

/**
 * Reads the run state's secrets. Missing ones are made, once, and added to its `env` file, which gets this
 * owner; what is there stays as it is written.
 *
 * @throws EnvFileError naming a line that cannot be read as written
 */
export function ensureSecrets(state: Pick<RunState, 'env'>, owner: Owner = checkoutOwner()): Secrets {
  return ensure(newSecrets(), state, owner);
}

/** {@link ensureSecrets}, for `make run`. @throws EnvFileError */
export function ensureRunSecrets(state: Pick<RunState, 'env'>): RunSecrets {
  const LOGIN_DATABASE_URL = `mysql://hotline_login:${newSecret()}@127.0.0.1:${databasePort}/hotline`;
  return ensure({ ...newSecrets(), LOGIN_DATABASE_URL }, state, checkoutOwner());
}

function ensure<Made extends Secrets>(made: Made, state: Pick<RunState, 'env'>, owner: Owner): Made {
  const text = existsSync(state.env) ? readFileSync(state.env, 'utf8') : '';
  const kept = readEnvFile(text, state.env);
  const missing = Object.entries(made).filter(([name]) => !(name in kept));
  const added = missing.map(([name, value]) => envLine(name, value)).join('');
  const separation = text === '' || text.endsWith('\n') ? '' : '\n';
  if (added !== '') writePrivateFile(state.env, `${text}${separation}${added}`, owner, 0o600);
  return { ...Object.fromEntries(missing), ...kept } as Made;
}

/** A text for a statement of SQL. */
const forSql = (value: string) => value.replace(/['\\]/g, '\\$&');

/** What asterisk-config/ includes from /etc/hotline: text by file name. */
export function pbxSecretFiles(secrets: Secrets): Record<string, string> {
  return {
    'ari-user.conf': `[${secrets.ARI_USERNAME}]\ntype = user\npassword = ${forAsterisk(secrets.ARI_PASSWORD)}\npassword_format = plain\nread_only = no\n`,
    'manager-user.conf': `[${secrets.AMI_USERNAME}](hotline-manager)\nsecret = ${forAsterisk(secrets.AMI_PASSWORD)}\n`,
    // Without this file a PBX has no softphones: no other file includes them.
    'softphone-auth.conf': `[softphone-password](!)\npassword = ${forAsterisk(secrets.SOFTPHONE_PASSWORD)}\n#include pjsip-demo-softphones.conf\n`,
  };
}

/** Writes these files, by name, for Asterisk's user alone. */
export function writePbxFiles(
  state: RunState,
  files: Readonly<Record<string, string>>,
  asterisk: Owner,
): void {
  const owner = { uid: 0, gid: asterisk.gid };
  makeDirectory(state.pbxSecrets, owner, 0o750);
  for (const [name, text] of Object.entries(files))
    writePrivateFile(join(state.pbxSecrets, name), text, owner, 0o640);
}

/**
 * What MariaDB runs before it accepts a connection; the users' passwords are always the ones in
 * `env`. The owner may do everything in this database. The others start with no right to it: `migrate`
 * gives the application what it needs, table by table (src/mysql/schema/application-rights.ts), and
 * login-page.ts the login page.
 */
export function databaseStatements(secrets: Secrets | RunSecrets): string {
  const database = new URL(secrets.DATABASE_URL).pathname.slice(1);
  const [application, owner] = [userOf(secrets.DATABASE_URL), userOf(secrets.DATABASE_OWNER_URL)];
  const login = 'LOGIN_DATABASE_URL' in secrets ? [userOf(secrets.LOGIN_DATABASE_URL)] : [];
  return [
    `CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4;`,
    ...[application, owner, ...login].flatMap(({ user, password }) => [
      `CREATE USER IF NOT EXISTS ${user};`,
      `ALTER USER ${user} IDENTIFIED BY '${forSql(password)}';`,
    ]),
    `GRANT ALL ON ${database}.* TO ${owner.user} WITH GRANT OPTION;`,
  ].join('\n');
}

function userOf(url: string): { user: string; password: string } {
  const { username, password } = new URL(url);
  return { user: `'${username}'@'127.0.0.1'`, password: decodeURIComponent(password) };
}

/** Writes {@link databaseStatements} for MariaDB's user alone. */
export function writeDatabaseSecrets(file: string, secrets: RunSecrets, mysql: Owner): void {
  writePrivateFile(file, databaseStatements(secrets), { uid: 0, gid: mysql.gid }, 0o640);
}
