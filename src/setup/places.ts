/** Where things are on a machine with Asterisk. */
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { ownRecordings } from '../installation.ts';
import { siteSounds } from '../recordings/sounds-directory.ts';
import type { AsteriskConfig } from './asterisk-config.ts';

/** Folders and files that {@link hotline setup} reads and writes. Tests have a machine of their own. */
export interface Places {
  /** Asterisk's configuration. */
  readonly asterisk: string;
  /** Our settings, and the secrets that Asterisk includes. */
  readonly hotline: string;
  /** What the package brings: `asterisk/`, `sounds/`. */
  readonly share: string;
  /** The site's own recordings, which no update replaces; the application prefers them where they are. */
  readonly siteSounds: string;
  /** What admins record in the console, and all that callers hear, by its link `live`. */
  readonly recordings: string;
  /** Root's alone: what files were before. Not in /var/lib/hotline, where the application may write. */
  readonly backups: string;
}

export const systemPlaces: Places = {
  asterisk: '/etc/asterisk',
  hotline: '/etc/hotline',
  share: '/usr/share/hotline',
  siteSounds,
  recordings: ownRecordings,
  backups: '/var/backups/hotline',
};

/** Where Asterisk looks for recordings, by asterisk.conf or as Debian and source builds have it. */
export function soundsFolder(asteriskConf: AsteriskConfig): string {
  const named = asteriskConf.value('directories', 'astdatadir');
  const data =
    named || ['/usr/share/asterisk', '/var/lib/asterisk'].find((path) => existsSync(join(path, 'sounds')));
  return join(data ?? '/var/lib/asterisk', 'sounds');
}

/** Where Asterisk's modules are; undefined if none of the usual places has any. */
export function modulesFolder(asteriskConf: AsteriskConfig): string | undefined {
  const named = asteriskConf.value('directories', 'astmoddir');
  const usual = [
    '/usr/lib/asterisk/modules',
    '/usr/lib64/asterisk/modules',
    ...globSync('/usr/lib/*/asterisk/modules'),
  ];
  return [...(named ? [named] : []), ...usual].find((path) => existsSync(join(path, 'pbx_config.so')));
}
