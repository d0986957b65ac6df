import { join } from 'node:path';

/** The recordings of this checkout. */
export const soundsDirectory = join(import.meta.dirname, '../../sounds/vi');
