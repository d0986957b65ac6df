import { readFileSync, rmSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAtLeast, oldestSafeAsterisk } from '../machine/version.ts';
import { isKept, keepRoot } from './kept-root.ts';
import type { Note, Progress } from './progress.ts';
import { isolated, lastLine, runLogged } from './logged-command.ts';
import { StartError } from './start-error.ts';

/** Debian 12 and 13 carry no Asterisk; its testing release does. */
const suite = 'forky';
/** The core packages of MariaDB: server and client without the service scripts of a real machine. */
const packages = ['asterisk', 'asterisk-modules', 'mariadb-server-core', 'mariadb-client-core'];
/** Raise it when anything below changes what ends up in a root. */
const recipe = 1;

/** Documentation, which would double the size. Copyright files stay. */
const left = ['/usr/share/man/*', '/usr/share/locale/*', '/usr/share/info/*', '/usr/share/doc/*'];
/** Where the services' folders are mounted: the root itself is mounted read-only. */
const mountPoints = ['/etc/asterisk', '/etc/hotline', '/usr/share/asterisk/sounds/vi', '/var/lib/mysql'];
const mysqlUser =
  'groupadd --system mysql && useradd --system --gid mysql --no-create-home --home-dir /nonexistent --shell /bin/false mysql';

const stamp = JSON.stringify({ recipe, suite, packages });

/** A mirror's expiry dates protect against being fed old packages; signatures are still checked. */
const allowExpired = '--aptopt=Acquire::Check-Valid-Until "false"';

interface BuildOptions {
  readonly progress: Progress;
  /** File that gets apt's and dpkg's output. */
  readonly log: string;
  readonly signal: AbortSignal;
}

/** @returns whether a root made by this version of the recipe is there */
export function isBuilt(root: string): boolean {
  return isKept(root, stamp);
}

/**
 * Builds the private Debian root, unless it is there. It appears under its name only when complete.
 *
 * @throws StartError (noNetwork, diskFull, unsupportedMachine); the half-built root is removed
 */
export async function buildDebianRoot(root: string, options: BuildOptions): Promise<void> {
  await keepRoot(root, stamp, async (partial) => {
    await bootstrap(partial, options);
    refuseOldAsterisk(partial);
  });
}

async function bootstrap(target: string, { progress, log, signal }: BuildOptions): Promise<void> {
  const build = async (extra: string[], note: Note) => {
    const { code, output } = await runLogged(isolated(mmdebstrap(target, extra)), {
      log,
      signal,
      onLine: phaseReporter(note),
    });
    if (code !== 0) throw isExpired(output) ? new ExpiredMirror() : buildError(target, output, log);
  };
  const title = 'Building the private Debian root with Asterisk and MariaDB';
  try {
    await progress.step(title, (note) => build([], note));
  } catch (error) {
    if (!(error instanceof ExpiredMirror)) throw error;
    progress.say(
      "Debian's mirror is past the date until which its package lists are valid. Trying again without that check; signatures are still checked.",
    );
    rmSync(target, { recursive: true, force: true });
    await progress.step(title, (note) => build([allowExpired], note));
  }
}

class ExpiredMirror extends Error {}

function isExpired(output: string): boolean {
  return /Release file .* is expired/.test(output);
}

function mmdebstrap(target: string, extra: readonly string[]): string[] {
  const hooks = [
    `chroot "$1" sh -c '${mysqlUser}'`,
    `cd "$1" && mkdir -p ${mountPoints.map((path) => `.${path}`).join(' ')}`,
    'printf "127.0.0.1 localhost\\n" > "$1/etc/hosts"',
  ];
  return [
    'mmdebstrap',
    '--verbose',
    '--mode=root',
    '--variant=minbase',
    `--include=${packages.join(',')}`,
    ...left.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    ...hooks.map((hook) => `--customize-hook=${hook}`),
    ...extra,
    suite,
    target,
  ];
}

/** Turns apt's and dpkg's lines into "downloading 40 of 143". */
function phaseReporter(note: Note): (line: string) => void {
  let total = '';
  let setUp = 0;
  return (line) => {
    total = /, (\d+) newly installed/.exec(line)?.[1] ?? total;
    const download = /^Get:(\d+) .*\.deb|^Get:(\d+) \S+ \S+\/main \S+ \S+ \S+ \S+ \[/.exec(line);
    if (download) note(`downloading ${download[1] ?? download[2]} of ${total} packages`);
    else if (line.startsWith('I: installing')) setUp = 0;
    else if (line.startsWith('Setting up ')) note(`setting up ${++setUp} of ${total} packages`);
  };
}

function buildError(target: string, output: string, log: string): StartError {
  if (/No space left on device|enough free space/i.test(output) || freeBytes(dirname(target)) < 10e6) {
    return new StartError(
      'diskFull',
      `The disk became full while building the private Debian root in ${dirname(target)}: free some space there, then try again.`,
    );
  }
  if (
    /Could not resolve|Could not connect|Temporary failure|Failed to fetch|Cannot initiate the connection|Connection (?:failed|timed out)/.test(
      output,
    )
  ) {
    return new StartError(
      'noNetwork',
      `Debian's packages could not be fetched from deb.debian.org: check the network (or http_proxy), then try again; details are in ${log}.`,
    );
  }
  return new StartError(
    'unsupportedMachine',
    `mmdebstrap could not build the private Debian root (${lastLine(log)}): details are in ${log}.`,
  );
}

/** Bytes an ordinary user may still write on a folder's file system. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function refuseOldAsterisk(root: string): void {
  const status = readFileSync(join(root, 'var/lib/dpkg/status'), 'utf8');
  const version =
    /^Package: asterisk\n(?:.+\n)*?Version: (?:\d+:)?(\d+(?:\.\d+)*)/m.exec(status)?.[1] ?? 'unknown';
  if (!isSafeAsterisk(version))
    throw new StartError(
      'unsupportedMachine',
      `Debian ${suite} offers Asterisk ${version}, and the hotline needs ${oldestSafeAsterisk} or later, which closes two security holes in ARI.`,
    );
}

/** @param version as `22.10.1`; anything else is refused */
export function isSafeAsterisk(version: string): boolean {
  return isAtLeast(version, oldestSafeAsterisk);
}
