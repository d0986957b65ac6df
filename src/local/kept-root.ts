/** Debian roots take long to make: each is made once, and kept until what it is made of changes. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { takeLock } from './run-lock.ts';

/** Says, within a root, what it was made of. */
const stampFile = 'etc/hotline-root.json';

/** @returns whether the root is there and was made of what `stamp` says */
export function isKept(root: string, stamp: string): boolean {
  return existsSync(join(root, stampFile)) && readFileSync(join(root, stampFile), 'utf8') === stamp;
}

/**
 * Has `make` fill a folder, unless the root is there as `stamp` says. The root appears under its name only when it is
 * complete; what is half made is removed. Other processes that want it meanwhile wait.
 */
export async function keepRoot(
  root: string,
  stamp: string,
  make: (partial: string) => Promise<void>,
): Promise<void> {
  mkdirSync(dirname(root), { recursive: true });
  const release = await takeLock(`${root}.lock`, { wait: true });
  const partial = `${root}.partial`;
  try {
    if (isKept(root, stamp)) return;
    rmSync(partial, { recursive: true, force: true });
    await make(partial);
    mkdirSync(dirname(join(partial, stampFile)), { recursive: true });
    writeFileSync(join(partial, stampFile), stamp);
    rmSync(root, { recursive: true, force: true });
    renameSync(partial, root);
  } finally {
    rmSync(partial, { recursive: true, force: true });
    await release?.();
  }
}
