/** What /etc/hotline needs: the two files of settings, and what Asterisk includes. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { envLine, readEnvFile } from '../machine/env-file.ts';
import { forAsterisk, newKey, newSecret } from '../machine/secret.ts';
import { blockLines, withBlock } from './block.ts';
import { bytesOrNull, type FileChange } from './file-change.ts';
import { pbxUser, secretFiles, SetupRefused, type PbxPlan } from './pbx-changes.ts';
import type { Places } from './places.ts';

/** Values by name. */
export type Values = Readonly<Record<string, string>>;

/** The database's name, and its users'. */
export const database = { name: 'hotline', owner: 'hotline_owner', application: 'hotline' };

const applicationFile = 'hotline.env';
const ownerFile = 'owner.env';
/** What an earlier setup made, kept when it was undone: without the keys no old audit row can be checked. */
const keptFile = 'kept.env';

/** Of what was kept, what a later setup takes again; where the PBX is may have changed. */
const lasting = [
  'DATABASE_URL',
  'DATABASE_OWNER_URL',
  'HASH_KEY',
  'AUDIT_KEY',
  'ARI_PASSWORD',
  'AMI_PASSWORD',
];

/** What is set, and what shall be. */
export interface SettingsPlan {
  readonly changes: readonly FileChange[];
  /** As they are once the changes are made. */
  readonly application: Values;
  readonly owner: Values;
}

/** Settings that are there already, by hand or by an earlier setup. */
export function presentSettings({ hotline, backups }: Places): {
  application: Values;
  owner: Values;
  kept: Values;
} {
  return {
    application: valuesOf(join(hotline, applicationFile)),
    owner: valuesOf(join(hotline, ownerFile)),
    kept: valuesOf(join(backups, keptFile)),
  };
}

/**
 * Adds what is missing; what is set stays.
 *
 * @param server where the database server is; undefined: DATABASE_URL is set already
 */
export function planSettings(
  places: Places,
  { addresses, hasTrunkOut, ownUsers }: PbxPlan,
  server?: { readonly host: string; readonly port: number },
): SettingsPlan {
  const present = presentSettings(places);
  const urlOf = (user: string) =>
    server && `mysql://${user}:${newSecret()}@${server.host}:${server.port}/${database.name}`;
  const made: Record<string, string | undefined> = {
    DATABASE_URL: urlOf(database.application),
    ...addresses,
    ARI_USERNAME: pbxUser,
    ARI_PASSWORD: newSecret(),
    AMI_USERNAME: pbxUser,
    AMI_PASSWORD: newSecret(),
    HASH_KEY: newKey(),
    AUDIT_KEY: newKey(),
    // A call-back that cannot be placed must not be promised.
    ...(!hasTrunkOut && { CALL_BACK: 'off' }),
  };
  const application = completed(present.application, made, present.kept);
  const owner = completed(present.owner, { DATABASE_OWNER_URL: urlOf(database.owner) }, present.kept);
  return {
    changes: [
      settingsFile(join(places.hotline, applicationFile), application.added),
      settingsFile(join(places.hotline, ownerFile), owner.added),
      ...pbxSecrets(places, application.values, present.application).filter(
        ({ path }) => !ownUsers.includes(basename(path)),
      ),
    ].filter(({ before, after }) => before !== after),
    application: application.values,
    owner: owner.values,
  };
}

/** The settings that `hotline setup --undo` keeps, so that a later setup goes on with the same keys and users. */
export function keptSettings(places: Places): FileChange {
  const { application, owner, kept } = presentSettings(places);
  const lines = Object.entries({ ...kept, ...owner, ...application }).map(([name, value]) =>
    envLine(name, value),
  );
  const path = join(places.backups, keptFile);
  return { path, before: null, after: inBytes(lines.join('')), access: { mode: 0o600 } };
}

function completed(
  present: Values,
  made: Readonly<Record<string, string | undefined>>,
  kept: Values,
): { values: Values; added: Values } {
  const wanted = Object.entries(made).map(
    ([name, value]) => [name, (lasting.includes(name) ? kept[name] : undefined) ?? value] as const,
  );
  const added = Object.fromEntries(
    wanted.filter(([name, value]) => !present[name] && value !== undefined),
  ) as Values;
  return { values: { ...present, ...added }, added };
}

function settingsFile(path: string, added: Values): FileChange {
  const before = bytesOrNull(path);
  const names = Object.keys(added);
  const text = before ?? '';
  if (names.length === 0) return { path, before: text, after: text };
  // Our own part is kept, and added to.
  const lines = [
    ...blockLines(text),
    ...Object.entries(added).map(([name, value]) => envLine(name, value).trimEnd()),
  ];
  return { path, before, after: withBlock(text, lines, '#'), access: { mode: 0o600 }, secret: names };
}

/**
 * What Asterisk includes, for its group alone. A file that is there stays.
 *
 * @throws SetupRefused if one is there, and its password is in no settings
 */
function pbxSecrets({ asterisk, hotline }: Places, values: Values, present: Values): FileChange[] {
  const access = { gid: statSync(join(asterisk, 'ari.conf')).gid, mode: 0o640 };
  const ofAri = (password: string) => [
    'type = user',
    `password = ${password}`,
    'password_format = plain',
    'read_only = no',
  ];
  const ofManager = (password: string) => [
    `secret = ${password}`,
    'deny = 0.0.0.0/0.0.0.0',
    'permit = 127.0.0.1/255.255.255.255',
    'read = system',
    'write = system,reporting',
    'eventfilter = !Event: .*',
  ];
  return [
    { name: secretFiles.ari, setting: 'ARI_PASSWORD', linesWith: ofAri },
    { name: secretFiles.manager, setting: 'AMI_PASSWORD', linesWith: ofManager },
  ].map(({ name, setting, linesWith }) => {
    const path = join(hotline, name);
    const before = bytesOrNull(path);
    if (before !== null && !present[setting])
      throw new SetupRefused(
        `${path} is there already: expected its password as ${setting} in ${applicationFile}, or no such file`,
      );
    const lines = [`[${pbxUser}]`, ...linesWith(forAsterisk(values[setting] ?? ''))];
    return { path, before, after: before ?? inBytes(`${lines.join('\n')}\n`), access, secret: [name] };
  });
}

/** A text of ours as a file has it: a character a byte. */
function inBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function valuesOf(file: string): Values {
  return existsSync(file) ? readEnvFile(readFileSync(file, 'utf8'), file) : {};
}
