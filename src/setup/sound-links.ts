/** Links from Asterisk's sounds to what is live in the store of recordings, so that it plays what the application has. */
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readAsteriskConfig } from './asterisk-config.ts';
import { soundsFolder, type Places } from './places.ts';
import type { LinkChange } from './staged-changes.ts';

interface Wanted {
  readonly path: string;
  readonly target: string;
  /** Where it may lead now, to be led elsewhere. */
  readonly ours: readonly string[];
}

/**
 * One link to all of them, or one to each folder where others have recordings there.
 *
 * @param target the live folder of the store
 */
export function planSoundLinks(
  { asterisk, share, siteSounds }: Places,
  target: string,
): {
  readonly links: readonly LinkChange[];
  readonly byHand: readonly string[];
} {
  const shipped = join(share, 'sounds/vi');
  const vi = join(soundsFolder(readAsteriskConfig(asterisk, 'asterisk.conf')), 'vi');
  const wanted = (name: string): Wanted => ({
    path: join(vi, name),
    target: join(target, name),
    ours: [target, shipped, siteSounds].map((folder) => join(folder, name)),
  });
  if (!isFolder(vi)) return { links: linkIfOurs(wanted('')), byHand: [] };
  const folders = ['hotline', 'digits'].map(wanted);
  return {
    links: folders.flatMap(linkIfOurs),
    byHand: folders
      .filter(({ path }) => isFolder(path))
      .map(
        (each) =>
          `${each.path} is there already. Unless it is ours: cp -L ${each.target}/* ${each.path}/ (it replaces recordings of the same name; those made in the console are not heard from there).`,
      ),
  };
}

function linkIfOurs({ path: named, target: given, ours }: Wanted): LinkChange[] {
  const [path, target] = [named, given].map((each) => each.replace(/\/$/, '')) as [string, string];
  const there = lstatSync(path, { throwIfNoEntry: false });
  const before = there?.isSymbolicLink() ? readlinkSync(path) : null;
  const isOurs = there === undefined || (before !== null && ours.some((each) => join(each) === join(before)));
  return isOurs && before !== target ? [{ path, before, target }] : [];
}

/** Not a link. */
function isFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
