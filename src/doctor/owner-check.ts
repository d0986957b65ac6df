/**
 * Can the application log in as the owner of the schema, who can change the audit log? Its user must not
 * be able to read `DATABASE_OWNER_URL`: not in a file, and not in its environment.
 */
import { readFileSync, statSync } from 'node:fs';
import { readSettingsFile } from '../config.ts';
import { expectThat, type Finding } from './finding.ts';
import { applicationAmong, processes, type Process } from './process-checks.ts';

const secret = 'DATABASE_OWNER_URL';

/** A file of settings that holds the owner's login. */
export interface OwnerFile {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Whether systemd gives what is in it to the application. */
  readonly isGiven: boolean;
}

export interface OwnerFacts {
  /** Files that hold it, as far as we may read them. */
  readonly files: readonly OwnerFile[];
  /** Who the application runs as; null if it is not seen here. */
  readonly application: Pick<Process, 'uid' | 'groups'> | null;
  /** Whether it is in the environment of the application. */
  readonly isInEnvironment: boolean;
}

/** @param files of settings (config.ts); the first is the application's own */
export function readOwnerFacts(files: readonly string[], running = processes()): OwnerFacts {
  const application = applicationAmong(running) ?? null;
  return {
    files: files.flatMap((path, index) => {
      if (!readSettingsFile(path)[secret]) return [];
      const { mode, uid, gid } = statSync(path);
      return [{ path, mode, uid, gid, isGiven: files.length > 1 && index === 0 }];
    }),
    application,
    isInEnvironment: application !== null && hasInEnvironment(application.pid),
  };
}

/** False too where we may not look: then the application is another user's. */
function hasInEnvironment(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .some((variable) => variable.startsWith(`${secret}=`) && variable !== `${secret}=`);
  } catch {
    return false;
  }
}

export function checkOwner({ files, application, isInEnvironment }: OwnerFacts): Finding[] {
  const given = files.filter(({ isGiven }) => isGiven);
  const readable = files.filter((file) => canRead(application, file));
  const inFiles = [...new Set([...given, ...readable])].map(({ path }) => path);
  const wrong = [...inFiles, ...(isInEnvironment ? ["the application's environment"] : [])];
  const apart = `${secret}: in a file that only root can read (/etc/hotline/owner.env, owner root, mode 0600), not in one that the application reads or is given; then restart it`;
  return [
    expectThat(
      "login of the schema's owner",
      wrong.length === 0,
      wrong.length > 0
        ? `the application can read it: ${wrong.join(', ')}`
        : files.length === 0
          ? 'not in a file that this user can read'
          : 'closed to the application',
      apart,
      // In a checkout the application is the developer's own process.
      wrong.every((place) => place.endsWith('/.hotline/env')) ? 'warning' : 'danger',
    ),
  ];
}

/** Without a running application: whether anybody but root can. */
function canRead(user: OwnerFacts['application'], { mode, uid, gid }: OwnerFile): boolean {
  if (user === null) return uid !== 0 || (mode & 0o044) !== 0;
  if (user.uid === 0) return true;
  if (user.uid === uid) return (mode & 0o400) !== 0;
  return user.groups.includes(gid) ? (mode & 0o040) !== 0 : (mode & 0o004) !== 0;
}
