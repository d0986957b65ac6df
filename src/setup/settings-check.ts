/** Whether the application will start with the settings that it gets. */
import { readSettings } from '../config.ts';
import { portHolder } from '../machine/port-holder.ts';
import { listeningSockets } from '../machine/sockets.ts';
import { serveSettings } from '../serve-settings.ts';
import { SetupRefused } from './pbx-changes.ts';
import type { Values } from './settings-changes.ts';

/** @throws ConfigError naming what an admin has set to a value that is not allowed */
export function requireAllowed(settings: Values): void {
  readSettings(serveSettings, settings);
}

/** @throws SetupRefused if another program has the port of the application's own pages */
export function requireFreePort(settings: Values): void {
  const { HTTP_PORT: port } = readSettings(['HTTP_PORT'], settings);
  if (!listeningSockets('tcp').some((socket) => socket.port === port)) return;
  const holder = portHolder('tcp', port) ?? 'another program';
  if (holder.startsWith('hotline serve')) return;
  throw new SetupRefused(
    `Port ${port} is in use by ${holder}: expected it free, or HTTP_PORT with one that is, in /etc/hotline/hotline.env`,
  );
}
