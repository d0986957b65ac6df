import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { serveSettings } from '../serve-settings.ts';
import { StartError } from './start-error.ts';

/** How programs find a proxy. sudo would drop these, as it would the settings of the application. */
const proxySettings = ['http_proxy', 'https_proxy', 'no_proxy'];

/**
 * Returns when the process is root. Otherwise it is replaced by the same command under sudo: no
 * process stays in between that could lose a signal.
 *
 * @throws StartError (noPermission) when there is no sudo
 */
export function becomeRoot(say: (line: string) => void): void {
  if (process.getuid?.() === 0) return;
  const sudo = findInPath('sudo');
  if (sudo === undefined) {
    throw new StartError(
      'noPermission',
      'The private PBX and database need root to be built and started: run this as root, or install sudo. Without either, ./hotline simulate places the same call in your terminal.',
    );
  }
  say('The private PBX and database need root: starting again with sudo.');
  const keep = [...serveSettings, ...proxySettings, 'NODE_COMPILE_CACHE'].filter(
    (name) => process.env[name] !== undefined,
  );
  const arguments_ = [
    'sudo',
    ...(keep.length > 0 ? [`--preserve-env=${keep.join(',')}`] : []),
    '--',
    process.execPath,
    ...process.execArgv,
    ...process.argv.slice(1),
  ];
  process.removeAllListeners('warning');
  process.execve?.(sudo, arguments_);
}

/** @returns the absolute path of a command, or undefined */
export function findInPath(command: string): string | undefined {
  const folders = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`
    .split(':')
    .filter((folder) => folder.startsWith('/'));
  return folders
    .map((folder) => join(folder, command))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
