import { createHash } from 'node:crypto';

/**
 * 64 hexadecimal digits: SHA-256 of what only a browser may know. It has 192 random bits or more, so nobody
 * finds it by trying, and a hash without a key is enough.
 */
export function secretKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
