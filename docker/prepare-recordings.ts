/**
 * What compose.yaml's `recordings` service runs: makes the store of recordings ready, from which the PBX plays.
 *
 *     node docker/prepare-recordings.ts /recordings
 */
import { prepareStore } from '../src/recordings/own/own-recordings.ts';
import { shippedSounds } from '../src/recordings/sounds-directory.ts';

await prepareStore({ directory: process.argv[2] ?? '/recordings', program: shippedSounds });
