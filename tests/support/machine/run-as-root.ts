/** Runs commands that need root: directly as root, otherwise through sudo without a password. */
import { spawnSync } from 'node:child_process';

/** Checks whether {@link asRoot} works on this machine. */
export function mayBecomeRoot(): boolean {
  return process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** Puts `sudo -n` in front of a command unless this process is root. */
export function asRoot(command: readonly string[]): string[] {
  return process.getuid?.() === 0 ? [...command] : ['sudo', '-n', ...command];
}
