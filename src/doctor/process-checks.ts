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
      command.some((word) => word.endsWith('src/cli.ts')) && command.at(-1) === 'serve',
  },
];

/**
 * Checks that no service runs as root or leaves core dumps. By default, the processes of our own
 * network namespace are looked at; a service that is not among them may run on another machine or in
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
          detail: 'no such process here',
          change: `check it on the machine where ${name} runs`,
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
        `start ${name} with ulimit -c 0 (systemd: LimitCORE=0)`,
        'warning',
      ),
    ];
  });
}

/** Checks where core dumps go: a kernel that passes them to a program ignores the limit of the process. */
export function checkCorePattern(
  pattern: string = readFileSync('/proc/sys/kernel/core_pattern', 'utf8'),
): Finding[] {
  const holds = !pattern.startsWith('|') || /systemd-coredump|apport/.test(pattern);
  const change =
    'set kernel.core_pattern to a file name, or to a program that respects the limit (systemd-coredump, apport)';
  return [expectThat('where core dumps go', holds, pattern.trim().split(' ')[0] ?? '', change, 'warning')];
}

/** A running process. */
export interface Process {
  readonly command: readonly string[];
  readonly uid: number;
  readonly dumpsCore: boolean;
}

function processes(): Process[] {
  const here = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (readlinkSync(`/proc/${pid}/ns/net`) !== here) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0$/, '').split('\0');
        const uid = Number(/^Uid:\s+\d+\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
        const limit = /^Max core file size\s+(\S+)/m.exec(readFileSync(`/proc/${pid}/limits`, 'utf8'))?.[1];
        return [{ command, uid, dumpsCore: limit !== '0' }];
      } catch {
        return []; // it has ended, or we may not look at it
      }
    });
}
