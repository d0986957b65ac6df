/** Who do the processes of the hotline run as, and do they leave core dumps? */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { expectThat, type Finding } from './finding.ts';

/** The processes of the hotline, recognised by their command lines. */
const services = [
  { name: 'Asterisk', is: (command: readonly string[]) => /(^|\/)asterisk$/.test(command[0] ?? '') },
  {
    name: 'the database',
    is: (command: readonly string[]) => /(^|\/)(mariadbd|mysqld)$/.test(command[0] ?? ''),
  },
  {
    name: 'the application',
    is: (command: readonly string[]) =>
      /(^|\/)node$/.test(command[0] ?? '') &&
      command.some((word) => word.endsWith('src/cli.ts')) &&
      command.at(-1) === 'serve',
  },
];

/**
 * Checks that no service runs as root or leaves core dumps. By default, the processes of our own
 * network namespace are looked at (and those that this user may not ask for it); a service that is not among them may run on another machine or in
 * another container.
 */
export function checkProcesses(running: readonly Process[] = processes()): Finding[] {
  return services.flatMap(({ name, is }) => {
    const found = running.filter(({ command }) => is(command));
    if (found.length === 0)
      return [
        {
          title: `user of ${name}`,
          verdict: 'warning',
          detail: 'no such process seen here',
          change: `run this as root where ${name} runs: other users may not see its processes`,
        },
      ];
    const asRoot = found.some(({ uid }) => uid === 0);
    const dumps = found.some(({ dumpsCore }) => dumpsCore);
    return [
      expectThat(
        `user of ${name}`,
        !asRoot,
        asRoot ? 'root' : 'not root',
        `run ${name} as a user of its own`,
      ),
      expectThat(
        `core dumps of ${name}`,
        !dumps,
        dumps ? 'on' : 'off',
        found.some(({ command }) => asksForCores(command))
          ? `start ${name} without -g, which goes over every limit and over dumpcore: systemctl edit asterisk, then ExecStart= and ExecStart=/usr/sbin/asterisk -f -p -U asterisk -G asterisk (docs/admin.md, step 5)`
          : `start ${name} with ulimit -c 0 (systemd: LimitCORE=0)`,
        'warning',
      ),
    ];
  });
}

/** Whether Asterisk is started with `-g`: it then raises its limit, as root, before it reads that of systemd (main/asterisk.c). */
function asksForCores([program = '', ...words]: readonly string[]): boolean {
  return program.endsWith('asterisk') && words.some((word) => /^-[A-Za-z]*g/.test(word));
}

/**
 * Checks what the kernel does with core dumps: one that passes them to a program ignores the limit of the
 * process, and with `fs.suid_dumpable = 1` also a program that has given up root (Asterisk) leaves one that
 * its user may read (core(5), proc_sys_fs(5)).
 */
export function checkCoreDumps(
  pattern: string = readFileSync('/proc/sys/kernel/core_pattern', 'utf8'),
  suidDumpable: string = readFileSync('/proc/sys/fs/suid_dumpable', 'utf8'),
): Finding[] {
  const holds = !pattern.startsWith('|') || /systemd-coredump|apport/.test(pattern);
  return [
    expectThat(
      'where core dumps go',
      holds,
      pattern.trim().split(' ')[0] ?? '',
      'set kernel.core_pattern to a file name, or to a program that respects the limit (systemd-coredump, apport)',
      'warning',
    ),
    expectThat(
      'core dumps of programs that were root',
      suidDumpable.trim() !== '1',
      `fs.suid_dumpable = ${suidDumpable.trim()}`,
      'sysctl fs.suid_dumpable=0, or 2, which leaves them to root',
      'warning',
    ),
  ];
}

/** A running process. */
export interface Process {
  readonly pid: string;
  readonly command: readonly string[];
  readonly uid: number;
  /** Its groups, by number. */
  readonly groups: readonly number[];
  readonly dumpsCore: boolean;
}

/** The application among them; undefined if it is not seen here. */
export function applicationAmong(running: readonly Process[]): Process | undefined {
  return running.find(({ command }) => services.at(-1)!.is(command));
}

/** What runs in our own network namespace, and what another user runs that may not be asked where. */
export function processes(): Process[] {
  const here = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (![here, null].includes(networkOf(pid))) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        const ids = (name: string) =>
          (new RegExp(`^${name}:(.*)`, 'm').exec(status)?.[1] ?? '').trim().split(/\s+/).map(Number);
        const [, uid = 0] = ids('Uid');
        const groups = [...ids('Gid').slice(1, 2), ...ids('Groups')];
        const limit = /^Max core file size\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];
        return [{ pid, command, uid, groups, dumpsCore: limit !== '0' }];
      } catch {
        return []; // it has ended
      }
    });
}

/** Null: it is another user's. */
function networkOf(pid: string): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return null;
    throw error;
  }
}
