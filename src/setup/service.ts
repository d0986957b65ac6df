/** The package's unit, and Asterisk's, under systemd. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const unit = 'hotline.service';

/** Whether this machine runs systemd. */
export function hasSystemd(): boolean {
  return existsSync('/run/systemd/system');
}

export function restartAsterisk(): void {
  systemctl('restart', 'asterisk.service');
}

/**
 * Starts the application now and with the machine, and waits until it takes calls.
 *
 * @param say gets what the application waits for, whenever that changes
 * @returns false: it did not take calls within `limitMs`, and goes on trying
 */
export async function startApplication(say: (status: string) => void, limitMs = 30_000): Promise<boolean> {
  systemctl('enable', '--quiet', unit);
  systemctl('restart', '--no-block', unit);
  const end = Date.now() + limitMs;
  let last = '';
  while (Date.now() < end) {
    const { ActiveState: state = '', StatusText: status = '' } = properties();
    if (status !== '' && status !== last) say((last = status));
    if (state === 'active') return true;
    if (state === 'failed') return false;
    await setTimeout(200);
  }
  return false;
}

/** Ends the application; running calls are finished first. */
export function stopApplication(): void {
  systemctl('disable', '--quiet', '--now', unit);
}

function properties(): Record<string, string> {
  const text = systemctl('show', '--property=ActiveState,StatusText', unit);
  return Object.fromEntries(
    text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]),
  );
}

function systemctl(...words: readonly string[]): string {
  return spawnSync('systemctl', words, { encoding: 'utf8' }).stdout ?? '';
}
