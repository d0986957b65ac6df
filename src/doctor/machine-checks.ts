/** Files, processes and ports of the machine the hotline runs on, as far as they can be seen from here. */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isOpenTo } from '../machine/file-mode.ts';
import { listeningSockets, type ListeningSocket } from '../machine/sockets.ts';
import { expectThat, type Finding } from './finding.ts';

/** The hotline's processes, by a word of their command line. */
const services = [
  { name: 'Asterisk', is: (command: readonly string[]) => /(^|\/)asterisk$/.test(command[0] ?? '') },
  { name: 'database', is: (command: readonly string[]) => /(^|\/)(mariadbd|mysqld)$/.test(command[0] ?? '') },
  {
    name: 'application',
    is: (command: readonly string[]) =>
      command.some((word) => word.endsWith('src/cli.ts')) && command.at(-1) === 'serve',
  },
];

/** Modes of the files that hold secrets: nobody else may read them. Those that are not there, or that we may not look into, are skipped. */
export function checkSecretFiles(places: readonly string[]): Finding[] {
  const files = places
    .filter((place) => existsSync(place))
    .flatMap((place) => (statSync(place).isDirectory() ? filesIn(place) : [place]));
  const open = files.filter((file) => isOpenTo(0o007, file));
  return [
    expectThat(
      'files with secrets',
      open.length === 0,
      open.join(', ') || `${files.length} files, closed to others`,
      `chmod o= ${open.join(' ')}`,
    ),
  ];
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return []; // closed to us as well
  }
}

/**
 * Whether services run as root and may leave core dumps. By default those in our own network
 * namespace; one that is not seen may run on another machine or in another container.
 */
export function checkProcesses(running: readonly Process[] = processes()): Finding[] {
  return services.flatMap(({ name, is }) => {
    const found = running.filter(({ command }) => is(command));
    if (found.length === 0)
      return [
        {
          title: `user of the ${name}`,
          verdict: 'warning',
          detail: 'not seen from here',
          change: `look where the ${name} runs`,
        },
      ];
    const asRoot = found.some(({ uid }) => uid === 0);
    const dumps = found.some(({ dumpsCore }) => dumpsCore);
    return [
      expectThat(
        `user of the ${name}`,
        !asRoot,
        asRoot ? 'root' : 'a user of its own',
        `run the ${name} as a user of its own`,
      ),
      expectThat(
        `core dumps of the ${name}`,
        !dumps,
        dumps ? 'on' : 'off',
        `start the ${name} with ulimit -c 0 (systemd: LimitCORE=0)`,
        'warning',
      ),
    ];
  });
}

/** A kernel that hands every crash to a program does so whatever the limit of the process. */
export function checkCorePattern(
  pattern: string = readFileSync('/proc/sys/kernel/core_pattern', 'utf8'),
): Finding[] {
  const holds = !pattern.startsWith('|') || /systemd-coredump|apport/.test(pattern);
  const change =
    'kernel.core_pattern: a file name, or a program that heeds the limit (systemd-coredump, apport)';
  return [expectThat('where core dumps go', holds, pattern.trim().split(' ')[0] ?? '', change, 'warning')];
}

/**
 * Whether doors that are meant for this machine are open to others, as the kernel has it now.
 *
 * @param doors port by what listens there
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
      'doors of this machine',
      found.length === 0,
      names || 'open to this machine only',
      `${names}: listen on 127.0.0.1, or let a firewall keep others away`,
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
        return []; // ended while we looked, or not ours to look at
      }
    });
}
