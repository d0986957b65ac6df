/** Are secret files and ports of this machine closed to others? */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isOpenTo } from '../machine/file-mode.ts';
import { listeningSockets, type ListeningSocket } from '../machine/sockets.ts';
import { expectThat, type Finding } from './finding.ts';

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
