/** Runs mmdebstrap, which unpacks or installs Debian packages into a tar file or a folder. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { isolated } from '../../../src/local/logged-command.ts';
import { installPackages, NotInstalled, type Say } from './debian-packages.ts';
import { asRoot } from '../machine/run-as-root.ts';

/** What to make from which packages. */
export interface DebianPackages {
  /** Debian's code name: `forky`, `sid`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** mmdebstrap's: `extract` only unpacks, `essential` has no apt, `minbase` has it. */
  readonly variant: 'extract' | 'essential' | 'minbase';
  /** Shell lines run when the packages are in; `$1` is the root directory. */
  readonly setUp?: readonly string[];
  /** A folder that does not exist yet, or a file ending in `.tar`. */
  readonly target: string;
  readonly say: Say;
  /** Ends mmdebstrap at once, with everything it started. */
  readonly stop?: AbortSignal;
}

/**
 * Makes the target, owned by root. Installs mmdebstrap if it is missing.
 *
 * @throws NotInstalled with mmdebstrap's or apt's own last errors
 */
export async function mmdebstrap(wanted: DebianPackages): Promise<void> {
  if (spawnSync('mmdebstrap', ['--version']).status !== 0) installPackages(['mmdebstrap'], wanted.say);
  let failure = await attempt(wanted, []);
  if (failure !== undefined && /not valid anymore|expired/i.test(failure)) {
    wanted.say(
      `the mirror's Release file of ${wanted.suite} is past its date; reading it without that check`,
    );
    failure = await attempt(wanted, ['--aptopt=Acquire::Check-Valid-Until "false"']);
  }
  if (failure === undefined) return;
  const errors = failure.split('\n').filter((line) => line.startsWith('E:') || line.includes('rror'));
  throw new NotInstalled(
    `mmdebstrap could not make ${wanted.target}: ${errors.slice(-3).join(' ') || failure.slice(-300)}`,
  );
}

/** Returns what mmdebstrap wrote; undefined if it succeeded. */
async function attempt(wanted: DebianPackages, options: readonly string[]): Promise<string | undefined> {
  removeAsRoot(wanted.target);
  const temporary = join(dirname(wanted.target), 'tmp');
  mkdirSync(temporary, { recursive: true });
  // In its own namespaces: ending it ends everything it started and unmounts what it mounted.
  const command = isolated(['mmdebstrap', ...words(wanted), ...options, wanted.suite, wanted.target]);
  const [file, ...rest] = asRoot(['env', `TMPDIR=${temporary}`, ...command]);
  const maker = spawn(file!, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(wanted.stop && { signal: wanted.stop, killSignal: 'SIGKILL' as const }),
  });
  try {
    const ended = new Promise<number | null>((done, failed) => maker.on('error', failed).on('close', done));
    const [status, output] = await Promise.all([ended, text(maker.stderr)]);
    return status === 0 ? undefined : output;
  } finally {
    removeAsRoot(temporary);
  }
}

function words({ variant, packages, setUp = [] }: DebianPackages): string[] {
  const left = ['doc', 'man', 'info', 'locale'].map(
    (folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`,
  );
  const included = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
  return [`--variant=${variant}`, ...left, ...included, ...setUp.map((line) => `--customize-hook=${line}`)];
}

/** Removes a path that root made, if it exists. */
export function removeAsRoot(path: string): void {
  const [file, ...rest] = asRoot(['rm', '-rf', '--one-file-system', path]);
  spawnSync(file!, rest);
}
