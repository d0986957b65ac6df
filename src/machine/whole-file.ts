/** Files that people ask for by name: there whole or not at all, and none lost by mistake. */
import { existsSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { ExpectedError } from '../expected-error.ts';
import { whyNotWritable } from './not-writable.ts';

/** There is no new file, and one that was there is as it was. */
export class FileNotWritten extends ExpectedError {
  override readonly name = 'FileNotWritten';
}

/**
 * Refuses a name that cannot be written to, before work is done for it.
 *
 * @param options.force a file of that name may be replaced
 * @throws FileNotWritten
 */
export function requireFreeName(path: string, { force }: { readonly force: boolean }): void {
  if (!existsSync(path)) return;
  if (!force)
    throw new FileNotWritten(`${path} is there already: name another file, or replace it with --force`);
  if (!statSync(path).isFile())
    throw new FileNotWritten(`${path} is no file: expected the name of one, or - for standard output`);
}

/** @throws FileNotWritten as {@link requireFreeName}, and where the file cannot be written */
export function writeWholeFile(path: string, text: string, options: { readonly force: boolean }): void {
  requireFreeName(path, options);
  const isThere = existsSync(path);
  const target = isThere ? realpathSync(path) : path; // a link goes on leading to its file
  const partial = isThere ? `${target}.hotline-new` : target;
  let isOurs = false;
  try {
    writeFileSync(partial, '', { flag: 'wx' });
    isOurs = true;
    writeFileSync(partial, text, { flush: true });
    if (isThere) renameSync(partial, target);
  } catch (error) {
    if (isOurs) rmSync(partial, { force: true });
    throw new FileNotWritten(`${partial} cannot be written: ${whyNotWritable(error)}`);
  }
}
