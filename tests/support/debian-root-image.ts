/** A Docker image made of Debian packages by mmdebstrap, for where no image can be pulled. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Image } from 'dockerode';
import { getContainerRuntimeClient } from 'testcontainers';
import { isolated } from '../../src/local/logged-command.ts';
import { checkout } from '../../src/local/run-state.ts';
import { installPackages, NotInstalled, type Say } from './debian-packages.ts';
import { asRoot } from './run-as-root.ts';

/** What the image is made of. */
export interface DebianRoot {
  /** Name and tag of the image, `repository:tag`. */
  readonly name: string;
  /** Debian's code name: `forky`, `sid`. */
  readonly suite: string;
  readonly packages: readonly string[];
  /** mmdebstrap's: `essential` without apt (default), `minbase` with it. */
  readonly variant?: 'essential' | 'minbase';
  /** Shell lines run when the packages are in; `$1` is the root directory. */
  readonly setUp?: readonly string[];
  /** Dockerfile lines for the image: USER, ENTRYPOINT, EXPOSE, ENV. */
  readonly changes?: readonly string[];
  readonly say: Say;
  /** Ends the build. */
  readonly stop?: AbortSignal;
}

/** Where mmdebstrap lays the root out. */
const scratchOf = ({ name }: DebianRoot) => join(checkout, '.hotline/docker/build', name.replace(/[^\w.-]/g, '-'));
const expired = /not valid anymore|expired/i;

/**
 * Builds the root and imports it under its name, straight from mmdebstrap's output.
 *
 * @throws NotInstalled when mmdebstrap is missing and cannot be installed, Error when it fails.
 */
export async function importDebianRoot(root: DebianRoot): Promise<void> {
  if (spawnSync('mmdebstrap', ['--version']).status !== 0) installPackages(['mmdebstrap'], root.say);
  root.say(`building ${root.name} from Debian ${root.suite}: ${root.packages.join(', ') || 'base system'}`);
  const failure = await build(root, []);
  if (failure === undefined) return;
  if (!expired.test(failure)) throw failedBuild(root, failure);
  root.say(`the mirror's Release file of ${root.suite} is past its date; reading it without that check`);
  const again = await build(root, ['--aptopt=Acquire::Check-Valid-Until "false"']);
  if (again !== undefined) throw failedBuild(root, again);
}

function failedBuild({ name }: DebianRoot, output: string): NotInstalled {
  const errors = output.split('\n').filter((line) => line.startsWith('E:') || line.includes('rror'));
  return new NotInstalled(`${name} could not be built: ${errors.slice(-3).join(' ') || output.slice(-300)}`);
}

/** undefined when the image is in the engine, else what mmdebstrap wrote. */
async function build(root: DebianRoot, options: readonly string[]): Promise<string | undefined> {
  const scratch = scratchOf(root);
  removeScratch(scratch);
  mkdirSync(scratch, { recursive: true });
  // In namespaces of its own, so that ending it ends all it started and unmounts what it mounted.
  const [command, ...rest] = asRoot(['env', `TMPDIR=${scratch}`, ...isolated(['mmdebstrap', ...words(root), ...options, root.suite, '-'])]);
  const maker = spawn(command!, rest, { stdio: ['ignore', 'pipe', 'pipe'], ...(root.stop && { signal: root.stop, killSignal: 'SIGKILL' }) });
  try {
    const ended = new Promise<number | null>((done, failed) => maker.on('error', failed).on('close', done));
    const [status, output, image] = await Promise.all([ended, text(maker.stderr), importImage(maker.stdout, root.changes ?? [])]);
    // Named only now: a root that failed half-way must not be found by the next run.
    const [repo = '', tag = ''] = root.name.split(':');
    if (status === 0) await image.tag({ repo, tag });
    else await image.remove().catch(() => {});
    return status === 0 ? undefined : output;
  } finally {
    maker.kill('SIGKILL');
    removeScratch(scratch);
  }
}

function removeScratch(scratch: string): void {
  const [command, ...rest] = asRoot(['rm', '-rf', '--one-file-system', scratch]);
  spawnSync(command!, rest);
}

async function importImage(tar: Readable, changes: readonly string[]): Promise<Image> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const answer = await dockerode.importImage(tar, { changes: changes.join('\n') });
  const [{ status: id }] = (await text(answer as Readable)).trim().split('\n').map((line) => JSON.parse(line) as { status: string }).slice(-1) as [{ status: string }];
  return dockerode.getImage(id);
}

function words({ variant = 'essential', packages, setUp = [] }: DebianRoot): string[] {
  const left = ['doc', 'man', 'info', 'locale'].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`);
  const included = packages.length > 0 ? [`--include=${packages.join(',')}`] : [];
  return [`--variant=${variant}`, ...left, ...included, ...setUp.map((line) => `--customize-hook=${line}`)];
}
