import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isInstalled } from '../installation.ts';

/** The recordings that the program came with. */
export const shippedSounds = join(import.meta.dirname, '../../sounds/vi');

/** Where an admin of the Debian package keeps other words or another voice: no update touches it. */
export const siteSounds = '/usr/local/share/hotline/sounds/vi';

/** The recordings of this installation, with `prompts.yaml`: the site's own, if the package is installed and they are there. */
export const soundsDirectory = isInstalled && existsSync(siteSounds) ? siteSounds : shippedSounds;
