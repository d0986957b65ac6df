/** Running what only root may: directly as root, through sudo where it asks for no password. */
import { spawnSync } from 'node:child_process';

/** Whether {@link asRoot} will work on this machine. */
export function mayBecomeRoot(): boolean {
  return process.getuid?.() === 0 || spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

/** The command with `sudo -n` in front if this process is not root. */
export function asRoot(command: readonly string[]): string[] {
  return process.getuid?.() === 0 ? [...command] : ['sudo', '-n', ...command];
}
