/** The table of branches is the folder branches/ (docs/adr/0058-branches-are-files.md). */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ExpectedError } from '../expected-error.ts';
import type { Branch, NamedBranch } from './branch.ts';

/** Branches by name: `reset`, `office-hours`. */
export type Branches = ReadonlyMap<string, NamedBranch>;

/** A file of branches/ is no branch. */
export class BranchUnusable extends ExpectedError {
  override readonly name = 'BranchUnusable';
}

const shippedFolder = join(import.meta.dirname, 'branches');

/** The legs of call-backs come under this word (asterisk/ari/ari-dialler.ts). */
const taken = 'call-back';
/**
 * A name fits the pattern of [hotline-application] in extensions-hotline.conf, which must not match Asterisk's own
 * extensions (h, i, s, t, T), and a column of the audit log.
 */
const fileName = /^([a-z]{2}[a-z0-9-]{0,30})\.ts$/;

/**
 * Loads every branch, once, at the start.
 *
 * @throws BranchUnusable for a file with a name that the dialplan could not call, or that exports no branch
 */
export async function loadBranches(folder = shippedFolder): Promise<Branches> {
  const files = (await readdir(folder)).filter((file) => !file.startsWith('.')).sort();
  const branches = await Promise.all(files.map((file) => loadBranch(folder, file)));
  return new Map(branches.map((branch) => [branch.name, branch]));
}

async function loadBranch(folder: string, file: string): Promise<NamedBranch> {
  const path = join(folder, file);
  const name = fileName.exec(file)?.[1];
  if (name === undefined || name === taken)
    throw new BranchUnusable(
      `${path}: expected a name such as office-hours.ts, of 2 to 32 small letters, digits and dashes, two letters first, and not call-back`,
    );
  const { branch } = (await import(pathToFileURL(path).href)) as { branch?: Branch };
  if (branch === undefined)
    throw new BranchUnusable(`${path} exports no branch: expected export const branch = defineBranch({ … })`);
  return { ...branch, name };
}
