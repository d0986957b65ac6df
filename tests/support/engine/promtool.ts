/** Brings Prometheus's promtool: Debian's package is unpacked, and not installed. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { NotInstalled, unpackPackage, type Say } from './debian-packages.ts';

const folder = join(import.meta.dirname, '../../../.hotline/prometheus');
export const program = join(folder, 'usr/bin/promtool');

export const isPromtoolThere = (): boolean => existsSync(program);

/** Unpacks it, unless it is there. Without it its tests are skipped. */
export function ensurePromtool(say: Say): void {
  if (isPromtoolThere()) return;
  const unfinished = `${folder}.new`;
  try {
    rmSync(unfinished, { recursive: true, force: true });
    unpackPackage('prometheus', unfinished, say);
    renameSync(unfinished, folder);
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    say(`promtool is not to be had: ${error.message}`);
  }
}
