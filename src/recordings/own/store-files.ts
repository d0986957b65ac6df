/** Files of the store: all in their final place, whole, and readable for Asterisk's user. */
import { randomUUID } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Whatever the umask says: Asterisk is another user. */
const folderMode = 0o755;
const fileMode = 0o644;

/** With those above it. Not by mkdir's `recursive`, which never ends where the kernel makes no folders. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
    await chmod(path, folderMode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Writes a file that is there whole or not at all, also after a power cut. */
export async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  await makeFolder(dirname(path));
  const partial = join(dirname(path), `.${randomUUID()}`);
  const file = await open(partial, 'wx', fileMode);
  try {
    await file.chmod(fileMode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path).catch(async (error: unknown) => {
    await rm(partial, { force: true });
    throw error;
  });
}

/** The same file under another name, or a copy where that cannot be. */
export async function place(from: string, to: string): Promise<void> {
  await link(from, to).catch(() => copy(from, to));
}

/** Not by copyFile: libuv's calls fchown, for which systemd kills the service (SystemCallFilter of hotline.service). */
export async function copy(from: string, to: string): Promise<void> {
  await writeWhole(to, await readFile(from));
}

/** Undefined: there is none. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** Makes what was renamed in a folder last. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
