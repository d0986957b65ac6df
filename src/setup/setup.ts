/** `hotline setup`: what has to change on this machine, the change, and the way back. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveFolder, type StorePlaces } from '../recordings/own/live-set.ts';
import type { DatabaseAdministrator, Login } from '../mysql/database/administrator.ts';
import { ChangeLog, type Undone } from './change-log.ts';
import { planPbx, SetupRefused } from './pbx-changes.ts';
import type { Places } from './places.ts';
import { database, keptSettings, planSettings, presentSettings, type Values } from './settings-changes.ts';
import { requireAllowed } from './settings-check.ts';
import { planSoundLinks } from './sound-links.ts';
import { makeStore, storeOf } from './sound-store.ts';
import { ChangesFailed, type FileChange, type LinkChange } from './staged-changes.ts';

/** What {@link makeChanges} will do. */
export interface SetupPlan {
  readonly files: readonly FileChange[];
  readonly links: readonly LinkChange[];
  /** What the links lead to is made ready before them. */
  readonly store: StorePlaces;
  /** Undefined: DATABASE_URL names a database already. */
  readonly database?: { readonly from: string; readonly owner: Login; readonly application: Login };
  /** The application's settings, once the changes are made. */
  readonly settings: Values;
  /** A copy of all settings, written before the database gets their passwords: a setup that is cut off goes on with them. */
  readonly kept: FileChange;
  /** What is left to the admin, a sentence each. */
  readonly byHand: readonly string[];
}

/** The URL of the database that the settings name, as its owner if they name one; undefined: one has to be made. */
export function presentDatabase(places: Places): string | undefined {
  const { application, owner } = presentSettings(places);
  return application['DATABASE_URL'] && (owner['DATABASE_OWNER_URL'] ?? application['DATABASE_URL']);
}

/**
 * Looks at everything, and changes nothing.
 *
 * @param administrator absent if there is a {@link presentDatabase}
 * @throws SetupRefused, AsteriskConfigError, BlockError, ChangeLogError, ConfigError, EnvFileError,
 * CreateDatabaseFailed, MigrationFailed
 */
export async function planSetup(places: Places, administrator?: DatabaseAdministrator): Promise<SetupPlan> {
  new ChangeLog(places.backups); // an unreadable record is met before anything is asked
  const present = presentSettings(places);
  const pbx = planPbx(places, present.application);
  const facts = await administrator?.look(database.name, [database.owner, database.application]);
  const settings = planSettings(places, pbx, facts);
  requireAllowed(settings.application);
  refuseUnknownPasswords(facts?.known ?? [], { ...present.kept, ...present.owner, ...present.application });
  const store = storeOf(places, settings.application);
  const sounds = planSoundLinks(places, liveFolder(store.directory));
  return {
    files: [...settings.changes, ...pbx.changes],
    links: sounds.links,
    store,
    ...(facts && {
      database: {
        from: facts.from,
        owner: loginOf(settings.owner['DATABASE_OWNER_URL']),
        application: loginOf(settings.application['DATABASE_URL']),
      },
    }),
    settings: settings.application,
    kept: keptSettings(places, settings),
    byHand: [...sounds.byHand, ...(pbx.hasTrunkOut ? [] : [noTrunkOut])],
  };
}

const noTrunkOut =
  'Call-backs are off (CALL_BACK), since pjsip.conf has no endpoint for them (trunk-out, or HOTLINE_CALLS_TRUNK in extensions-site.conf): /usr/share/doc/hotline/trunks.md, "The outbound trunk".';

/** Whether the plan leaves everything as it is. */
export function changesNothing({ files, links, database: created }: SetupPlan): boolean {
  return files.length === 0 && links.length === 0 && created === undefined;
}

/**
 * Makes the changes, or none of them but the database, which stays once it is made. Cut off, it can be run again.
 *
 * @throws ChangesFailed, CreateDatabaseFailed
 */
export async function makeChanges(
  { files, links, store, database: created, kept }: SetupPlan,
  places: Places,
  administrator?: DatabaseAdministrator,
): Promise<void> {
  const log = new ChangeLog(places.backups);
  let stays = '';
  try {
    await log.make(files, links, async () => {
      await makeStore(store);
      if (created === undefined) return;
      log.keep(kept);
      await administrator?.create(database.name, created.from, created);
      stays = `; the database ${database.name} and its users were made and stay: a later "hotline setup" goes on with them`;
    });
  } catch (error) {
    throw error instanceof ChangesFailed ? new ChangesFailed(`${error.message}${stays}`) : error;
  }
}

/** Whether `hotline setup` has made anything here that can be taken out. */
export function canUndo(places: Places): boolean {
  return !new ChangeLog(places.backups).isEmpty;
}

/**
 * Takes out what was made on this machine. The database stays, and a copy of the settings, with which a
 * later setup goes on.
 *
 * @throws BlockError, ChangesFailed; then no file was changed
 */
export function undoChanges(places: Places): Undone {
  const log = new ChangeLog(places.backups);
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
