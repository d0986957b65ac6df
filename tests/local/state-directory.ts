import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder for a run state. */
export function newStateDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'hotline-test-'));
}
