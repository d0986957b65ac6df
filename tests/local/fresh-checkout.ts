/** A checkout as somebody has it who has just cloned it, for tests that start it. */
import { cpSync, mkdirSync, mkdtempSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { checkout, runState } from '../../src/local/run-state.ts';

/** Not copied: not of the repository, and large. */
const left = ['.git', '.hotline', 'node_modules'];

/**
 * A copy of this checkout that was never started, below a folder that only its owner may enter, as root's
 * home is. So that nothing is installed or built again, it shares npm's packages and the private Debian root.
 */
export function freshCheckout(): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'hotline-closed-')), 'checkout');
  cpSync(checkout, copy, { recursive: true, filter: (path) => !left.includes(relative(checkout, path)) });
  symlinkSync(join(checkout, 'node_modules'), join(copy, 'node_modules'));
  utimesSync(join(copy, 'package-lock.json'), 0, 0); // older than the packages: make installs none
  mkdirSync(join(copy, '.hotline'));
  symlinkSync(runState().root, join(copy, '.hotline/root'));
  return copy;
}
