/** Where this program stands: where the Debian package (tools/deb) puts it, or in a checkout. */
import { join } from 'node:path';

const program = join(import.meta.dirname, '..');

/** Whether it is the package's: installed, or in the folder that is packed. */
export const isInstalled = program.endsWith('/usr/lib/hotline');

/** Where a reader finds a document. @param name as in docs/ */
export function documentPath(name: string): string {
  return isInstalled ? `/usr/share/doc/hotline/${name}` : `docs/${name}`;
}
