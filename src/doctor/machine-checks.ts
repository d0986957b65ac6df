/** Are secret files, processes and ports of this machine closed to others? */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isOpenTo } from '../machine/file-mode.ts';
import { listeningSockets, type ListeningSocket } from '../machine/sockets.ts';
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
 * Checks that others can neither read nor change the files that hold secrets. Places that do not
 * exist, and folders that we cannot list, are skipped.
 *
 * @param places files, and folders whose files are checked
 */
export function checkSecretFiles(places: readonly string[]): Finding[] {
  const files = places
    .filter((place) => existsSync(place))
    .flatMap((place) => (statSync(place).isDirectory() ? filesIn(place) : [place]));
  const open = files.filter((file) => isOpenTo(0o007, file));
  return [
    expectThat(
      'files with secrets',
      open.length === 0,
      open.join(', ') || `${files.length} files are closed to others`,
      `chmod o= ${open.join(' ')}`,
    ),
  ];
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // we cannot list it either
  }
}

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

/**
 * Checks that ports meant for this machine alone are open on loopback only.
 *
 * @param doors ports, by the name of what listens there
 */
export function checkPorts(
  doors: Readonly<Record<string, number>>,
  sockets: readonly ListeningSocket[] = listeningSockets('tcp'),
): Finding[] {
  const open = sockets.filter(({ isLoopback }) => !isLoopback).map(({ port }) => port);
  const found = Object.entries(doors).filter(([, port]) => open.includes(port));
  const names = found.map(([name, port]) => `${name} (port ${port})`).join(', ');
  return [
    expectThat(
      'internal ports',
      found.length === 0,
      names || 'on loopback only',
      `${names}: listen on 127.0.0.1, or close the port to others in a firewall`,
    ),
  ];
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
