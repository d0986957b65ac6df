/** `hotline setup`: what has to change on this machine, the change, and the way back. */
import { spawnSync } from 'node:child_process';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseAdministrator, Login } from '../mysql/database/administrator.ts';
import { readAsteriskConfig } from './asterisk-config.ts';
import { ChangeLog, type FileChange, type LinkChange, type Undone } from './file-change.ts';
import { planPbx, SetupRefused } from './pbx-changes.ts';
import { soundsFolder, type Places } from './places.ts';
import { database, keptSettings, planSettings, presentSettings } from './settings-changes.ts';

/** What {@link makeChanges} will do. */
export interface SetupPlan {
  readonly files: readonly FileChange[];
  readonly links: readonly LinkChange[];
  /** Undefined: DATABASE_URL names a database already. */
  readonly database?: { readonly from: string; readonly owner: Login; readonly application: Login };
  /** What is left to the admin, a sentence each. */
  readonly byHand: readonly string[];
}

/** Whether a database has to be made: none is named, or a setup was cut off before it was there. */
export function needsDatabase(places: Places): boolean {
  const { application } = presentSettings(places);
  return !application['DATABASE_URL'] || new ChangeLog(places.backups).awaitsDatabase;
}

/**
 * Looks at everything, and changes nothing.
 *
 * @param administrator absent unless {@link needsDatabase}
 * @throws SetupRefused, AsteriskConfigError, EnvFileError, CreateDatabaseFailed
 */
export async function planSetup(places: Places, administrator?: DatabaseAdministrator): Promise<SetupPlan> {
  const present = presentSettings(places);
  const pbx = planPbx(places, present.application);
  const facts = await administrator?.look([database.owner, database.application]);
  const server = facts && administrator && { host: administrator.host, port: facts.port };
  const settings = planSettings(places, pbx, server);
  refuseUnknownPasswords(facts?.known ?? [], { ...present.kept, ...present.owner, ...present.application });
  const sounds = linkToSounds(places);
  return {
    files: [...settings.changes, ...pbx.changes],
    links: sounds.links,
    ...(facts && {
      database: {
        from: facts.from,
        owner: loginOf(settings.owner['DATABASE_OWNER_URL']),
        application: loginOf(settings.application['DATABASE_URL']),
      },
    }),
    byHand: [...sounds.byHand, ...(pbx.hasTrunkOut ? [] : [noTrunkOut])],
  };
}

const noTrunkOut =
  'Call-backs are off (CALL_BACK), since pjsip.conf has no endpoint for them (trunk-out, or HOTLINE_CALLS_TRUNK in extensions-site.conf): /usr/share/doc/hotline/trunks.md, "The outbound trunk".';

/** Whether the plan leaves everything as it is. */
export function changesNothing({ files, links, database: created }: SetupPlan): boolean {
  return files.length === 0 && links.length === 0 && created === undefined;
}

/** Makes the changes. Cut off, it can be run again. */
export async function makeChanges(
  { files, links, database: created }: SetupPlan,
  places: Places,
  administrator?: DatabaseAdministrator,
): Promise<void> {
  const log = new ChangeLog(places.backups);
  const [settings, rest] = [files.filter(({ secret }) => secret), files.filter(({ secret }) => !secret)];
  if (created !== undefined) log.awaitsDatabase = true;
  for (const change of settings) log.change(change); // first: the passwords of what is made next
  if (created !== undefined) {
    await administrator?.create(database.name, created.from, created);
    log.awaitsDatabase = false;
  }
  for (const link of links) log.link(link);
  for (const change of rest) log.change(change);
}

/**
 * Takes out what was made on this machine. The database stays, and a copy of the settings, with which a
 * later setup goes on.
 *
 * @returns undefined if there is nothing to take out
 */
export function undoChanges(places: Places): Undone | undefined {
  const log = new ChangeLog(places.backups);
  if (log.isEmpty) return undefined;
  log.keep(keptSettings(places));
  return log.undo();
}

/** The difference, as `diff -u` prints it; the names only of what nobody may see. */
export function describeChange({ path, before, after, secret }: FileChange): string {
  if (secret !== undefined) return `${path}: ${secret.join(', ')} (values are not shown)\n`;
  const folder = mkdtempSync(join(tmpdir(), 'hotline-setup-'));
  try {
    const [old, new_] = [join(folder, 'before'), join(folder, 'after')];
    writeFileSync(old, before ?? '', 'latin1');
    writeFileSync(new_, after, 'latin1');
    const labels = ['--label', before === null ? '/dev/null' : path, '--label', path];
    return spawnSync('diff', ['-u', ...labels, old, new_], { encoding: 'utf8' }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Users that are there with passwords that nobody here knows. */
function refuseUnknownPasswords(users: readonly string[], known: Readonly<Record<string, string>>): void {
  const setting = { [database.owner]: 'DATABASE_OWNER_URL', [database.application]: 'DATABASE_URL' };
  const unknown = users.filter((user) => known[setting[user]!] === undefined);
  if (unknown.length > 0)
    throw new SetupRefused(
      `The database server has the users ${unknown.join(' and ')} already, with passwords that are not in /etc/hotline: expected DATABASE_URL in hotline.env and DATABASE_OWNER_URL in owner.env, or no such users`,
    );
}

function loginOf(url: string | undefined): Login {
  const { username, password } = new URL(url ?? '');
  return { user: username, password: decodeURIComponent(password) };
}

/**
 * Links to our recordings where Asterisk looks for Vietnamese ones, so that updates of the package bring new ones:
 * one to all of them, or one to each folder where others have recordings there.
 */
function linkToSounds({ asterisk, share }: Places): { links: LinkChange[]; byHand: string[] } {
  const path = join(soundsFolder(readAsteriskConfig(asterisk, 'asterisk.conf')), 'vi');
  const target = join(share, 'sounds/vi');
  const isThere = (each: string) => lstatSync(each, { throwIfNoEntry: false }) !== undefined;
  if (!isThere(path)) return { links: [{ path, target }], byHand: [] };
  if (lstatSync(path).isSymbolicLink()) return { links: [], byHand: [] };
  const folders = ['hotline', 'digits'].map((name) => ({
    path: join(path, name),
    target: join(target, name),
  }));
  const others = folders.filter((each) => isThere(each.path) && !lstatSync(each.path).isSymbolicLink());
  return {
    links: folders.filter((each) => !isThere(each.path)),
    byHand: others.map(
      (each) =>
        `${each.path} is there already. Unless it is ours: cp ${each.target}/* ${each.path}/ (it replaces recordings of the same name).`,
    ),
  };
}
