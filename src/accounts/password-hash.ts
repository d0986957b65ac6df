import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import pLimit from 'p-limit';

/**
 * OWASP's minimum for argon2id: 19 MiB, two passes, one lane; the library draws a 16-byte salt.
 * About 22 ms of one core, so that no caller waits for it.
 */
const parameters = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 } as const;

/**
 * How many hashes may be computed at once on a machine with so many cores: one core stays for the
 * calls, and four is what libuv's thread pool runs anyway. Each needs 19 MiB.
 */
export function hashesAtOnce(cores: number): number {
  return Math.min(4, Math.max(1, cores - 1));
}

/** Hashes wait here in order of arrival, so that a flood of calls leaves the processor to the calls being served. */
export const hashing = pLimit(hashesAtOnce(availableParallelism()));

/** The PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`) that the registry stores. */
export async function hashPassword(password: string): Promise<string> {
  const phc = await hashing(() => argon2.hash(password, parameters));
  // The library writes m,p,t; the reference implementation, and so most login sides, reads only
  // m,t,p (RFC 9106 decoders in C and PHP fail on any other order).
  return phc.replace(/\$m=(\d+),p=(\d+),t=(\d+)\$/, '$m=$1,t=$3,p=$2$');
}

/** Whether `password` is the one behind `phc`; false also for a hash that is not argon2's. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  return phc.startsWith('$argon2') && argon2.verify(phc, password);
}
