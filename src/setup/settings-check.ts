/** Whether the application will start with the settings that it gets. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { readSettings } from '../config.ts';
import { describeListenFailure } from '../machine/listen-failed.ts';
import { portHolders } from '../machine/port-holder.ts';
import { serveSettings } from '../serve-settings.ts';
import type { Values } from './settings-changes.ts';

/** @throws ConfigError naming what an admin has set to a value that is not allowed */
export function requireAllowed(settings: Values): void {
  readSettings(serveSettings, settings);
}

/**
 * Opens the port of the application's own pages for a moment: others may have it at other addresses.
 *
 * @throws ListenFailed unless it can be opened, or the application that runs has it
 */
export async function requireFreePort(settings: Values): Promise<void> {
  const { HTTP_HOST: host, HTTP_PORT: port } = readSettings(['HTTP_HOST', 'HTTP_PORT'], settings);
  const server = createServer().listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    if (portHolders('tcp', port).some((holder) => holder.startsWith('hotline serve'))) return;
    throw describeListenFailure(error, { host, port, settings: ['HTTP_HOST', 'HTTP_PORT'] });
  }
  server.close();
  await once(server, 'close');
}
