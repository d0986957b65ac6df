import { readFileSync } from 'node:fs';
import { everySound, soundOf } from '../call/prompts.ts';
import type { Sound } from '../call/channel.ts';
import { soundsOf, type NamedBranch } from '../hotline/branch.ts';
import { loadBranches } from '../hotline/branches.ts';
import { ExpectedError } from '../expected-error.ts';
import { siteKeysIn, type MenuKeys } from './menu.ts';
import type { SimulatedHotline } from './simulated-hotline.ts';

/** What the simulated menu says. */
const menuSounds = ['menu', 'menu-silence', 'menu-invalid'].map(soundOf);

/** There is no branch of this name. */
export class NoSuchBranch extends ExpectedError {
  override readonly name = 'NoSuchBranch';

  override get exitCode(): number {
    return 2;
  }
}

/**
 * Adds the branches of the program, and the site's own keys.
 *
 * @param siteFile extensions-site.conf; where there is none, keys 1 to 7 lead nowhere
 * @param complain gets a sentence if it is there and cannot be read
 * @throws BranchUnusable
 */
export async function loadHotline(
  given: Omit<SimulatedHotline, 'branches' | 'siteKeys'>,
  siteFile: string,
  complain: (why: string) => void,
): Promise<SimulatedHotline> {
  return { ...given, branches: await loadBranches(), siteKeys: readSiteKeys(siteFile, complain) };
}

/** All sounds that a call may play. */
export function soundsOfHotline({ branches }: SimulatedHotline): Sound[] {
  return [...everySound(), ...menuSounds, ...soundsOf(branches)];
}

/** Whether a prompt of this name may be played. */
export function hasPrompt(hotline: SimulatedHotline): (name: string) => boolean {
  const sounds = new Set(soundsOfHotline(hotline));
  return (name) => sounds.has(soundOf(name));
}

/** @throws NoSuchBranch naming those that are there */
export function branchNamed({ branches }: SimulatedHotline, name: string): NamedBranch {
  const branch = branches.get(name);
  if (branch !== undefined) return branch;
  throw new NoSuchBranch(
    `--branch: there is no branch of this name: expected one of src/hotline/branches: ${[...branches.keys()].join(', ')}`,
  );
}

function readSiteKeys(file: string, complain: (why: string) => void): MenuKeys {
  try {
    return siteKeysIn(readFileSync(file, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      complain(`${file} cannot be read (${code}): in this call keys 1 to 7 lead nowhere; call as root`);
    return new Map();
  }
}
