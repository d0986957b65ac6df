/**
 * The database servers' images: pulled from Docker Hub, or built from Debian's packages where Docker
 * Hub is unreachable. Either way an image gets one local name, keyed by its recipe, so a second run
 * finds it in the engine and neither pulls nor builds.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getContainerRuntimeClient, ImageName } from 'testcontainers';
import { importDebianRoot } from './debian-root-image.ts';
import type { Say } from './debian-packages.ts';
import { oneAtATime } from './docker-engine-users.ts';
import { canPullImages } from './image-registry.ts';

/** The servers that every store is tested on. */
export type DatabaseKind = 'mariadb' | 'mariadb-10.11' | 'mysql';

const entrypoint = join(import.meta.dirname, 'database-entrypoint.sh');
const mariadb = ['mariadb-server-core', 'mariadb-client-core'];
// --force: the host name of the root need not resolve.
const initialiseMariadb = 'mariadb-install-db --force --user=mysql --datadir=/var/lib/mysql --skip-test-db';

/** `hub`: the official image. Otherwise: Debian's suite, its packages, and how the data files are made. */
const recipes = {
  mariadb: { hub: 'mariadb:11.8', suite: 'forky', packages: mariadb, initialise: initialiseMariadb },
  'mariadb-10.11': {
    hub: 'mariadb:10.11',
    suite: 'bookworm',
    packages: mariadb,
    initialise: initialiseMariadb,
  },
  // Debian carries MySQL in unstable only.
  mysql: {
    hub: 'mysql:9',
    suite: 'sid',
    packages: ['mysql-server-core', 'mysql-client-core'],
    initialise: 'mysqld --initialize-insecure --user=mysql --datadir=/var/lib/mysql',
  },
} satisfies Record<DatabaseKind, { hub: string; suite: string; packages: string[]; initialise: string }>;

/** In the order of reports. */
export const databaseKinds = Object.keys(recipes) as DatabaseKind[];

/** The local name of the server's image. */
export function databaseImage(kind: DatabaseKind): string {
  const madeOf = JSON.stringify([recipes[kind], setUp(kind, ''), changes]) + readFileSync(entrypoint, 'utf8');
  return `hotline-test/${kind}:${createHash('sha256').update(madeOf).digest('hex').slice(0, 12)}`;
}

const changes = ['USER mysql', 'EXPOSE 3306', 'ENTRYPOINT ["/entrypoint.sh"]'];

function setUp(kind: DatabaseKind, script: string): string[] {
  return [
    'echo mysql:x:999: >>"$1/etc/group"', // the small root has no useradd
    'echo mysql:x:999:999::/nonexistent:/usr/sbin/nologin >>"$1/etc/passwd"',
    'chroot "$1" install -d -o mysql -g mysql /var/lib/mysql /var/lib/mysql-files',
    `chroot "$1" ${recipes[kind].initialise}`,
    `install -m 755 '${script}' "$1/entrypoint.sh"`,
  ];
}

/**
 * Makes sure that the engine has every server's image, two at a time; says what it pulls or builds.
 * `stop` ends a build. Returns, by kind, why an image is not available.
 */
export async function ensureDatabaseImages(
  say: Say,
  stop?: AbortSignal,
): Promise<Partial<Record<DatabaseKind, string>>> {
  const failures: Partial<Record<DatabaseKind, string>> = {};
  const waiting = [...databaseKinds];
  const work = async () => {
    for (let kind = waiting.shift(); kind !== undefined && !stop?.aborted; kind = waiting.shift()) {
      await pullOrBuild(kind, say, stop).catch((error: Error) => (failures[kind] = error.message));
      await removeOlderImages(kind);
    }
  };
  await oneAtATime(async () => void (await Promise.all([work(), work()])));
  stop?.throwIfAborted();
  return failures;
}

/** As {@link ensureDatabaseImages}, for one server. @throws Error saying why the image is not available */
export function ensureDatabaseImage(kind: DatabaseKind, say: Say): Promise<void> {
  return oneAtATime(() => pullOrBuild(kind, say));
}

async function pullOrBuild(kind: DatabaseKind, say: Say, stop?: AbortSignal): Promise<void> {
  if (await hasImage(databaseImage(kind))) return;
  if (await canPullImages()) await pullImage(kind, say);
  else {
    say(`Docker Hub cannot be reached, so ${kind} is built from Debian's packages`);
    await buildImage(kind, say, stop);
  }
}

/** Removes images of earlier recipes, which nothing uses any more. */
async function removeOlderImages(kind: DatabaseKind): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const images = await dockerode.listImages({ filters: { reference: [`hotline-test/${kind}`] } });
  const names = images
    .flatMap(({ RepoTags }) => RepoTags ?? [])
    .filter((name) => name !== databaseImage(kind));
  await Promise.all(
    names.map((name) =>
      dockerode
        .getImage(name)
        .remove()
        .catch(() => {}),
    ),
  ); // an image in use stays
}

/** Whether the engine has an image of this name. */
export async function hasImage(name: string): Promise<boolean> {
  const { image } = await getContainerRuntimeClient();
  return image.inspect(ImageName.fromString(name)).then(
    () => true,
    (error: { statusCode?: number }) => {
      if (error.statusCode === 404) return false;
      throw error;
    },
  );
}

async function pullImage(kind: DatabaseKind, say: Say): Promise<void> {
  const { hub } = recipes[kind];
  say(`pulling ${hub}`);
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const progress = await dockerode.pull(hub);
  await new Promise<void>((done, failed) =>
    dockerode.modem.followProgress(progress, (error) => (error ? failed(error) : done())),
  );
  const [repo = '', tag = ''] = databaseImage(kind).split(':');
  await dockerode.getImage(hub).tag({ repo, tag });
}

async function buildImage(kind: DatabaseKind, say: Say, stop?: AbortSignal): Promise<void> {
  const { suite, packages } = recipes[kind];
  await importDebianRoot({
    name: databaseImage(kind),
    suite,
    packages,
    variant: 'essential',
    setUp: setUp(kind, entrypoint),
    changes,
    say,
    ...(stop && { stop }),
  });
}
