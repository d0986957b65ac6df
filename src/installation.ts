/** Where this program stands: where the Debian package (tools/deb) puts it, or in a checkout. */
import { join } from 'node:path';

const program = join(import.meta.dirname, '..');

/** Whether it is the package's: installed, or in the folder that is packed. */
export const isInstalled = program.endsWith('/usr/lib/hotline');

/** Where the package keeps recordings that admins make in the console. */
export const ownRecordings = '/var/lib/hotline/recordings';

/** Where a reader finds a document. @param name as in docs/ */
export function documentPath(name: string, installed = isInstalled): string {
  return installed ? `/usr/share/doc/hotline/${name}` : `docs/${name}`;
}

/** The same text, with each document that it names as `docs/trunks.md` where a reader finds it. */
export function placeDocuments(text: string, installed = isInstalled): string {
  return text.replace(/\bdocs\/([a-z-]{1,40}\.md)/g, (_, name: string) => documentPath(name, installed));
}
