/** Files and processes of the machine the hotline runs on, as far as they can be seen from here. */
import { existsSync, readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expectThat, type Finding } from './finding.ts';

/** The hotline's processes, by a word of their command line. */
const services = [
  { name: 'Asterisk', is: (command: readonly string[]) => /(^|\/)asterisk$/.test(command[0] ?? '') },
  { name: 'database', is: (command: readonly string[]) => /(^|\/)(mariadbd|mysqld)$/.test(command[0] ?? '') },
  { name: 'application', is: (command: readonly string[]) => command.some((word) => word.endsWith('src/cli.ts')) && command.at(-1) === 'serve' },
];

/** Modes of the files that hold secrets: nobody else may read them. Those that are not there are skipped. */
export function checkSecretFiles(places: readonly string[]): Finding[] {
  const files = places
    .filter((place) => existsSync(place))
    .flatMap((place) => (statSync(place).isDirectory() ? readdirSync(place).map((name) => join(place, name)) : [place]));
  const open = files.filter((file) => (statSync(file).mode & 0o007) !== 0);
  return [expectThat('files with secrets', open.length === 0, open.join(', ') || `${files.length} files, closed to others`, `chmod o= ${open.join(' ')}`)];
}

/** Whether services run as root and may leave core dumps. Only those in our own network namespace count. */
export function checkProcesses(): Finding[] {
  const running = processes();
  return services.flatMap(({ name, is }) => {
    const found = running.filter(({ command }) => is(command));
    if (found.length === 0) return [];
    const asRoot = found.some(({ uid }) => uid === 0);
    const dumps = found.some(({ dumpsCore }) => dumpsCore);
    return [
      expectThat(`user of the ${name}`, !asRoot, asRoot ? 'root' : 'a user of its own', `run the ${name} as a user of its own`),
      expectThat(`core dumps of the ${name}`, !dumps, dumps ? 'on' : 'off', `start the ${name} with ulimit -c 0 (systemd: LimitCORE=0)`, 'warning'),
    ];
  });
}

interface Process {
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
