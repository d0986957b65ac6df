/** What /etc/hotline needs: the two files of settings, and what Asterisk includes. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readSettingsFile } from '../config.ts';
import { envLine } from '../machine/env-file.ts';
import { forAsterisk, newKey, newSecret } from '../machine/secret.ts';
import { blockLines, withBlock } from './block.ts';
import { bytesOrNull, inBytes } from './bytes.ts';
import { pbxUser, secretFiles, SetupRefused, type PbxPlan } from './pbx-changes.ts';
import type { Places } from './places.ts';
import type { FileChange } from './staged-changes.ts';

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
  server?: { readonly address: string; readonly parameters: string },
): SettingsPlan {
  const present = presentSettings(places);
  const urlOf = (user: string) =>
    server && `mysql://${user}:${newSecret()}@${server.address}/${database.name}${server.parameters}`;
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

/**
 * A file of settings that stays when setup is undone, or cut off: a later one goes on with the same keys and users.
 *
 * @param settings those to be kept; default: those that are set
 */
export function keptSettings(
  places: Places,
  settings: { readonly application: Values; readonly owner: Values } = presentSettings(places),
): FileChange {
  const values = { ...presentSettings(places).kept, ...settings.owner, ...settings.application };
  const lines = Object.entries(values).map(([name, value]) => envLine(name, value));
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
  const text = before ?? inBytes('');
  if (names.length === 0) return { path, before: text, after: text };
  // Our own part is kept, and added to.
  const lines = [
    ...blockLines(text, path),
    ...Object.entries(added).map(([name, value]) => envLine(name, value).trimEnd()),
  ];
  return { path, before, after: withBlock(text, path, lines, '#'), access: { mode: 0o600 }, secret: names };
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
    { name: secretFiles.ari, user: 'ARI_USERNAME', setting: 'ARI_PASSWORD', linesWith: ofAri },
    { name: secretFiles.manager, user: 'AMI_USERNAME', setting: 'AMI_PASSWORD', linesWith: ofManager },
  ].map(({ name, user, setting, linesWith }) => {
    const path = join(hotline, name);
    const before = bytesOrNull(path);
    if (before !== null && !present[setting])
      throw new SetupRefused(
        `${path} is there already: expected its password as ${setting} in ${applicationFile}, or no such file`,
      );
    const lines = [`[${values[user]}]`, ...linesWith(forAsterisk(values[setting] ?? ''))];
    return { path, before, after: before ?? inBytes(`${lines.join('\n')}\n`), access, secret: [name] };
  });
}

/** An empty value counts as not set, as in {@link readSettings}. */
function valuesOf(file: string): Values {
  return Object.fromEntries(
    Object.entries(readSettingsFile(file)).filter(([, value]) => value !== ''),
  ) as Values;
}
