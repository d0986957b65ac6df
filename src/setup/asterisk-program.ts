/** The Asterisk that is installed here, running or not. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast, oldestSafeAsterisk } from '../machine/version.ts';
import { SetupRefused } from './pbx-changes.ts';

/** @throws SetupRefused if there is none, or one that is too old */
export function requireAsterisk(): void {
  const { status, stdout } = asterisk('-V');
  if (status !== 0)
    throw new SetupRefused(
      `Asterisk is not installed on this machine: expected Asterisk ${oldestSafeAsterisk} or later`,
    );
  const version = stdout.trim().replace(/^Asterisk /, '');
  if (!isAtLeast(version, oldestSafeAsterisk))
    throw new SetupRefused(
      `Asterisk ${version} is too old: expected ${oldestSafeAsterisk} or later, which closes two security holes in ARI`,
    );
}

/**
 * @param folder of Asterisk's modules
 * @param modulesConf ours, which lists what the hotline needs
 * @throws SetupRefused naming what is not installed
 */
export function requireModules(folder: string | undefined, modulesConf: string): void {
  if (folder === undefined)
    throw new SetupRefused(
      "The folder of Asterisk's modules was not found: expected astmoddir in asterisk.conf",
    );
  const needed = [...readFileSync(modulesConf, 'utf8').matchAll(/^(?:require|load) = (\S+)/gm)].map(
    ([, name]) => name!,
  );
  const missing = needed.filter((name) => !existsSync(join(folder, name)));
  if (missing.length > 0)
    throw new SetupRefused(
      `Asterisk lacks modules in ${folder}: ${missing.join(', ')}; install them (Debian: asterisk-modules)`,
    );
}

/** @returns whether one runs, and takes commands */
export function isAsteriskRunning(): boolean {
  return asterisk('-rx', 'core show uptime seconds').status === 0;
}

/** Calls that run now; NaN: it does not say. */
export function runningCalls(): number {
  return Number(/^(\d+) active call/m.exec(asterisk('-rx', 'core show channels count').stdout)?.[1]);
}

/** Makes a running Asterisk read the files that were changed; calls go on. */
export function reloadAsterisk(): void {
  for (const command of [
    'module reload http',
    'module reload manager',
    'module reload res_ari.so',
    'dialplan reload',
  ])
    asterisk('-rx', command);
}

/** Not everybody's PATH leads to it. */
const program =
  ['/usr/sbin/asterisk', '/usr/local/sbin/asterisk'].find((path) => existsSync(path)) ?? 'asterisk';

function asterisk(...words: readonly string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8' });
  return { status, stdout: stdout ?? '' };
}
