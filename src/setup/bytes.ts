/** Files of an admin, which may be in any encoding. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** The bytes of a file, a character each (U+0000 to U+00FF): not what they mean, which is {@link inBytes}' other side. */
export type Bytes = string & { readonly oneByteEach: unique symbol };

export function bytesOf(path: string): Bytes {
  return readFileSync(path, 'latin1') as Bytes;
}

/** The same; null if there is no such file. */
export function bytesOrNull(path: string): Bytes | null {
  return existsSync(path) ? bytesOf(path) : null;
}

/** A text of ours as a file has it, in UTF-8. */
export function inBytes(text: string): Bytes {
  return Buffer.from(text).toString('latin1') as Bytes;
}

/** SHA-256. */
export function digest(bytes: Bytes): string {
  return createHash('sha256').update(bytes, 'latin1').digest('hex');
}
