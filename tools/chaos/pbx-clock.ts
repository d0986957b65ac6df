/**
 * Sets the clock of one Asterisk, and of nothing else. Asterisk runs under libfaketime, from a private root
 * that is the shared one with a starter of ours laid over it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const library = 'libfaketimeMT.so.1';
const program = 'usr/sbin/asterisk';
/** Where the real program goes. Its name stays the same, so that the process is found by it. */
const realProgram = 'usr/lib/under-a-set-clock/asterisk';
const offset = 'etc/pbx-clock';
/** Asterisk looks at the offset this often, s: libfaketime's smallest whole number. */
const looksEveryS = 1;

export class PbxClock {
  /** The private root, for `hotline run --root`. */
  readonly root: string;

  /**
   * Mounts the root. Needs a mount namespace of its own.
   *
   * @param shared the private root of the checkout
   * @param directory for what differs from it; a tmpfs
   */
  constructor(shared: string, directory: string) {
    const [upper, work, root] = ['upper', 'work', 'root'].map((name) => join(directory, name));
    for (const folder of [upper!, work!, root!]) mkdirSync(folder, { recursive: true });
    const layers = `lowerdir=${shared},upperdir=${upper},workdir=${work}`;
    const { status, stderr } = spawnSync('mount', ['-t', 'overlay', 'overlay', '-o', layers, root!], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`no private root for a PBX with a clock of its own: ${stderr}`);
    this.root = root!;
    this.#placeStarter();
    this.#set(0);
  }

  /** Sets the clock forwards or backwards; resolves when Asterisk has seen it. */
  async jump(byMs: number): Promise<void> {
    this.#set(byMs);
    await pause(looksEveryS * 1000);
  }

  /** Sets it right again. */
  async restore(): Promise<void> {
    await this.jump(0);
  }

  #set(aheadMs: number): void {
    const seconds = (aheadMs / 1000).toFixed(3);
    writeFileSync(join(this.root, offset), `${aheadMs < 0 ? '' : '+'}${seconds}\n`);
  }

  #placeStarter(): void {
    mkdirSync(join(this.root, realProgram, '..'), { recursive: true });
    renameSync(join(this.root, program), join(this.root, realProgram));
    copyFileSync(findLibrary(), join(this.root, 'usr/lib', library));
    const settings = [
      `LD_PRELOAD=/usr/lib/${library}`,
      `FAKETIME_TIMESTAMP_FILE=/${offset}`,
      `FAKETIME_CACHE_DURATION=${looksEveryS}`,
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
      'FAKETIME_DONT_RESET=1',
    ];
    writeFileSync(
      join(this.root, program),
      `#!/bin/sh\nexport ${settings.join(' ')}\nexec /${realProgram} "$@"\n`,
    );
    chmodSync(join(this.root, program), 0o755);
  }
}

function findLibrary(): string {
  const [folder] = readdirSync('/usr/lib')
    .map((name) => join('/usr/lib', name, 'faketime', library))
    .filter((file) => spawnSync('test', ['-e', file]).status === 0);
  if (folder === undefined) throw new Error('libfaketime is not installed');
  return folder;
}
