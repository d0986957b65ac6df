/** Makes a Docker image from Debian packages, where no image can be pulled. */
import { createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { getContainerRuntimeClient } from 'testcontainers';
import { checkout } from '../../../src/local/run-state.ts';
import { mmdebstrap, removeAsRoot, type DebianPackages } from './mmdebstrap.ts';

/** What the image is made of. */
export interface DebianRoot extends Omit<DebianPackages, 'target'> {
  /** Name and tag of the image, `repository:tag`. */
  readonly name: string;
  /** Dockerfile lines for the image: USER, ENTRYPOINT, EXPOSE, ENV. */
  readonly changes?: readonly string[];
}

/**
 * Builds the root and imports it under the image's name.
 *
 * @throws NotInstalled if mmdebstrap fails, or is missing and cannot be installed
 */
export async function importDebianRoot(root: DebianRoot): Promise<void> {
  root.say(
    `building ${root.name} from Debian ${root.suite}: ${root.packages.join(', ') || 'the base system'}`,
  );
  const target = join(checkout, '.hotline/docker/build', root.name.replace(/[^\w.-]/g, '-'), 'root.tar');
  try {
    await mmdebstrap({ ...root, target });
    const { dockerode } = (await getContainerRuntimeClient()).container;
    const [repo, tag] = root.name.split(':');
    const answer = await dockerode.importImage(createReadStream(target), {
      repo,
      tag,
      ...(root.changes && { changes: root.changes.join('\n') }),
    });
    const progress = await text(answer as Readable);
    if (progress.includes('"error"')) throw new Error(`${root.name} could not be imported: ${progress}`);
  } finally {
    removeAsRoot(dirname(target));
  }
}
