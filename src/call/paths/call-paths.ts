/** Every path through the call, as `make docs` has found them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallPath } from './path-cost.ts';

export const callPaths = JSON.parse(
  readFileSync(join(import.meta.dirname, 'call-paths.json'), 'utf8'),
) as readonly CallPath[];
