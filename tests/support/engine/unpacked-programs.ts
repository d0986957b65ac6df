/** Programs whose Debian package would start a service: it is unpacked below .hotline/, and not installed. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NotInstalled, unpackPackage, type Say } from './debian-packages.ts';

const root = join(import.meta.dirname, '../../../.hotline/unpacked');

/** The package that each is in, and where. */
const programs = {
  promtool: { debian: 'prometheus', path: 'usr/bin/promtool' },
  prometheus: { debian: 'prometheus', path: 'usr/bin/prometheus' },
  nginx: { debian: 'nginx', path: 'usr/sbin/nginx' },
} as const;

export type UnpackedProgram = keyof typeof programs;
export const unpackedPrograms = Object.keys(programs) as UnpackedProgram[];

export function pathOf(program: UnpackedProgram): string {
  const { debian, path } = programs[program];
  return join(root, debian, path);
}

export const isThere = (program: UnpackedProgram): boolean => existsSync(pathOf(program));

/** Unpacks it, unless it is there. Without it its tests are skipped. */
export function ensureUnpacked(program: UnpackedProgram, say: Say): void {
  if (isThere(program)) return;
  const { debian } = programs[program];
  const folder = join(root, debian);
  try {
    rmSync(`${folder}.new`, { recursive: true, force: true });
    mkdirSync(dirname(folder), { recursive: true });
    unpackPackage(debian, `${folder}.new`, say);
    renameSync(`${folder}.new`, folder);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    say(`${program} is not to be had: ${error.message}`);
  }
}

/** For tests that need it. */
export function describeWith(program: UnpackedProgram): (title: string, tests: () => void) => void {
  if (isThere(program)) return describe;
  const why = `not possible here: ${program} is not unpacked: use "make test"`;
  return (title, tests) => describe.skip(`${title} (${why})`, tests);
}
