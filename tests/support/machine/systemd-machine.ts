/** A Debian of its own under a real systemd: a kept root with what a test adds, in namespaces with loopback only. */
import { spawn, spawnSync, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../until.ts';
import { endWithUs } from './end-with-us.ts';
import { asRoot } from './run-as-root.ts';

/** How a command in the machine ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** No command takes minutes, and nobody can interrupt the wait for one that hangs. */
const hangsAfterMs = 300_000;

/** A machine. {@link remove} it in any case: its file system stays mounted until then. */
export class SystemdMachine {
  readonly #folder: string;
  #systemd: ChildProcess | undefined;

  /**
   * @param layers a Debian root, and before it what changed there later, as {@link keepChanges} keeps it; they stay
   *   as they are
   * @param folder for what changes here. What the machine of a process that was killed left there is removed.
   */
  constructor(layers: readonly string[], folder = mkdtempSync(join(tmpdir(), 'hotline-machine-'))) {
    this.#folder = folder;
    this.#removeFiles();
    for (const name of ['upper', 'work', 'root']) mkdirSync(join(folder, name), { recursive: true });
    const { root, upper, work } = this.#paths;
    must([
      'mount',
      '-t',
      'overlay',
      'overlay',
      '-o',
      `lowerdir=${layers.join(':')},upperdir=${upper},workdir=${work}`,
      root,
    ]);
    // Its files need not survive a power cut of this machine: waiting for the disk is most of an installation.
    writeFileSync(join(root, 'etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n');
  }

  /** The machine's root, to put files there. */
  get root(): string {
    return this.#paths.root;
  }

  /** Installs Debian packages, from the mirrors of the base: with the network of this machine, before it boots. */
  install(packages: readonly string[]): void {
    // A snapshot of a mirror may be past its date; signatures are checked all the same.
    const apt = 'apt-get -o Acquire::Check-Valid-Until=false -o Acquire::Check-Date=false';
    this.inside(
      `cat > /etc/resolv.conf; ${apt} -q update && DEBIAN_FRONTEND=noninteractive ${apt} -qy install --no-install-recommends ${packages.join(' ')}; apt-get clean; rm -r /var/lib/apt/lists/*`,
      readFileSync('/etc/resolv.conf', 'utf8'),
    );
  }

  /** Runs a shell line in the root, before it boots. @returns what it wrote */
  inside(line: string, input = ''): string {
    const script = 'mount -t proc proc "$1/proc"; mount --bind /dev "$1/dev"; exec chroot "$1" sh -ec "$2"';
    return must(['unshare', '--mount', '--pid', '--fork', 'sh', '-ec', script, 'sh', this.root, line], input);
  }

  /** Boots it, until its system is up. */
  async boot(): Promise<void> {
    const script = join(import.meta.dirname, 'boot-systemd.sh');
    const [program = '', ...words] = asRoot(
      endWithUs(['sh', script, this.root, join(this.#folder, 'log')], 'KILL'),
    );
    this.#systemd = spawn(program, words, { stdio: 'ignore' });
    await until(() => /running|degraded/.test(this.run('systemctl is-system-running').stdout));
  }

  /** Runs a shell line in the booted machine. Its status is null if it hangs. */
  run(line: string, input = ''): Ended {
    const [program = '', ...words] = this.#enter(line);
    return spawnSync(program, words, { encoding: 'utf8', input, timeout: hangsAfterMs });
  }

  /** Runs a shell line in the booted machine, while others go on, and may be written to. */
  open(line: string): ChildProcessWithoutNullStreams {
    const [program = '', ...words] = this.#enter(line);
    return spawn(program, words);
  }

  /** As {@link run}, while others go on. */
  async start(line: string): Promise<Ended> {
    const child = this.open(line);
    child.stdin.end();
    const [out, err] = [child.stdout, child.stderr].map((stream) => {
      const chunks: string[] = [];
      stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
      return chunks;
    }) as [string[], string[]];
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout: out.join(''), stderr: err.join('') };
  }

  /** Ends it before it has booted. What changed in it is a layer for other machines then. */
  keepChanges(layer: string): void {
    must(['umount', '-l', this.root]);
    renameSync(this.#paths.upper, layer);
    this.#removeFiles();
  }

  /** Ends everything in it, and removes its files. */
  async remove(): Promise<void> {
    const leader = this.#leader();
    if (this.#systemd !== undefined && this.#systemd.exitCode === null) {
      const ended = once(this.#systemd, 'exit');
      spawnSync('kill', ['-KILL', String(leader ?? this.#systemd.pid)]);
      await ended;
    }
    this.#removeFiles();
  }

  #removeFiles(): void {
    if (spawnSync('mountpoint', ['--quiet', this.root]).status === 0) must(['umount', '-l', this.root]);
    // If anything of this machine is still mounted there, it stays whole.
    must(['rm', '-rf', '--one-file-system', this.#folder]);
  }

  get #paths(): { root: string; upper: string; work: string } {
    const [root, upper, work] = ['root', 'upper', 'work'].map((name) => join(this.#folder, name)) as [
      string,
      string,
      string,
    ];
    return { root, upper, work };
  }

  /** Number 1 of the machine, as this machine counts. */
  #leader(): number | undefined {
    const pid = this.#systemd?.pid;
    const children = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' }).stdout.trim();
    return children === '' ? undefined : Number(children.split('\n')[0]);
  }

  #enter(line: string): string[] {
    const target = [
      'nsenter',
      '-t',
      String(this.#leader() ?? 0),
      '-m',
      '-p',
      '-n',
      '-u',
      '-i',
      '-C',
      '-r',
      '-w',
    ];
    return asRoot([
      ...target,
      'env',
      '-i',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'sh',
      '-c',
      line,
    ]);
  }
}

function must(command: readonly string[], input = ''): string {
  const [program = '', ...words] = asRoot(command);
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input });
  if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}
