/** The branches of the application, as `hotline serve` loads them. */
import type { NamedBranch } from '../../../src/hotline/branch.ts';
import { loadBranches } from '../../../src/hotline/branches.ts';

const branches = await loadBranches();

/** @throws Error if there is none of this name */
export function branchNamed(name: string): NamedBranch {
  const branch = branches.get(name);
  if (branch === undefined)
    throw new Error(`no branch ${name}: expected one of ${[...branches.keys()].join(', ')}`);
  return branch;
}

export const reset = branchNamed('reset');
