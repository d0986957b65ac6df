import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { checkoutOwner, makeDirectory, writePrivateFile, type Owner, type RunState } from './run-state.ts';

/** Where the private database and PBX listen: fixed, since asterisk-config/ and the docs name them. */
export const databasePort = 13306;

/** What `.hotline/env` holds: the settings the application and the tests reach PBX and database by. */
export type Secrets = Record<
  'DATABASE_URL' | 'HASH_KEY' | 'ARI_URL' | 'ARI_USERNAME' | 'ARI_PASSWORD' | 'AMI_HOST' | 'AMI_PORT' | 'AMI_USERNAME' | 'AMI_PASSWORD' | 'SOFTPHONE_PASSWORD',
  string
>;

/** 192 bits; letters, digits, `-` and `_` only, so that no file format needs quoting. */
function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

function newSecrets(): Secrets {
  return {
    DATABASE_URL: `mysql://hotline:${newSecret()}@127.0.0.1:${databasePort}/hotline`,
    HASH_KEY: randomBytes(32).toString('hex'),
    ARI_URL: 'http://127.0.0.1:8088',
    ARI_USERNAME: 'hotline',
    ARI_PASSWORD: newSecret(),
    AMI_HOST: '127.0.0.1',
    AMI_PORT: '5038',
    AMI_USERNAME: 'hotline',
    AMI_PASSWORD: newSecret(),
    SOFTPHONE_PASSWORD: newSecret(),
  };
}

/** Reads the run state's secrets; those that are missing are made, once, and kept in its `env` file, which gets this owner. */
export function ensureSecrets(state: Pick<RunState, 'env'>, owner: Owner = checkoutOwner()): Secrets {
  const kept = existsSync(state.env) ? parseEnv(readFileSync(state.env, 'utf8')) : {};
  const secrets = { ...newSecrets(), ...kept };
  const text = Object.entries(secrets)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
  if (!existsSync(state.env) || readFileSync(state.env, 'utf8') !== text) writePrivateFile(state.env, text, owner, 0o600);
  return secrets;
}

/** What asterisk-config/ includes from /etc/hotline: text by file name. */
export function pbxSecretFiles(secrets: Secrets): Record<string, string> {
  return {
    'ari-user.conf': `[${secrets.ARI_USERNAME}]\ntype = user\npassword = ${secrets.ARI_PASSWORD}\npassword_format = plain\nread_only = no\n`,
    'manager-user.conf': `[${secrets.AMI_USERNAME}](hotline-manager)\nsecret = ${secrets.AMI_PASSWORD}\n`,
    'softphone-auth.conf': `[softphone-password](!)\npassword = ${secrets.SOFTPHONE_PASSWORD}\n`,
  };
}

/** Writes {@link pbxSecretFiles} for Asterisk's user alone. */
export function writePbxSecrets(state: RunState, secrets: Secrets, asterisk: Owner): void {
  const owner = { uid: 0, gid: asterisk.gid };
  makeDirectory(state.pbxSecrets, owner, 0o750);
  for (const [name, text] of Object.entries(pbxSecretFiles(secrets))) writePrivateFile(join(state.pbxSecrets, name), text, owner, 0o640);
}

/** What MariaDB runs before it accepts a connection; the user's password is always the one in `env`. */
export function databaseStatements(secrets: Secrets): string {
  const { username, password, pathname } = new URL(secrets.DATABASE_URL);
  const database = pathname.slice(1);
  const user = `'${username}'@'127.0.0.1'`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4;`,
    `CREATE USER IF NOT EXISTS ${user};`,
    `ALTER USER ${user} IDENTIFIED BY '${decodeURIComponent(password)}';`,
    `GRANT ALL ON ${database}.* TO ${user};`,
  ].join('\n');
}

/** Writes {@link databaseStatements} for MariaDB's user alone. */
export function writeDatabaseSecrets(file: string, secrets: Secrets, mysql: Owner): void {
  writePrivateFile(file, databaseStatements(secrets), { uid: 0, gid: mysql.gid }, 0o640);
}
