/** The store of recordings, to which Asterisk's links lead: it must be there before Asterisk looks. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { giveStoreTo } from '../recordings/own/give-to.ts';
import type { StorePlaces } from '../recordings/own/live-set.ts';
import { prepareStore } from '../recordings/own/own-recordings.ts';
import type { Places } from './places.ts';
import type { Values } from './settings-changes.ts';

export function storeOf({ recordings, siteSounds, share }: Places, settings: Values): StorePlaces {
  return {
    directory: settings['RECORDINGS_DIRECTORY'] || recordings,
    program: existsSync(siteSounds) ? siteSounds : join(share, 'sounds/vi'),
  };
}

/** For the user to whom the package, or an earlier setup, has given it. */
export async function makeStore(store: StorePlaces): Promise<void> {
  const owner = statSync(nearestThere(store.directory));
  await prepareStore(store);
  giveStoreTo(store.directory, owner);
}

function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}
