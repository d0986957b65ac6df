import { availableParallelism } from 'node:os';
import argon2 from 'argon2';
import pLimit from 'p-limit';
import { tell } from '../measured.ts';

/**
 * OWASP's minimum for argon2id: 19 MiB, two passes, one lane. The library draws a 16-byte salt.
 * A hash takes about 22 ms of one core, which no caller notices.
 */
const parameters = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 } as const;

/** Threads of libuv's pool, which hashes, files and look-ups of names share. */
const poolThreads = 4;

/**
 * How many hashes may run at once on a machine with this many cores. One core stays free for the calls, and
 * half of the pool: a caller who arrives waits for a note in the journal, which must not wait behind hashes.
 * Two of them are 90 hashes a second. Each needs 19 MiB.
 */
export function hashesAtOnce(cores: number): number {
  return Math.min(poolThreads / 2, Math.max(1, cores - 1));
}

/** Hashes wait here in order of arrival, so that a flood of calls leaves the processor to the calls being served. */
export const hashing = pLimit(hashesAtOnce(availableParallelism()));

/** Makes or checks a hash in its turn. */
export async function hashInTurn<T>(work: () => Promise<T>): Promise<T> {
  const askedAt = performance.now();
  return hashing(async () => {
    const begunAt = performance.now();
    const done = await work();
    tell('hash', { waitedMs: begunAt - askedAt, ms: performance.now() - begunAt });
    return done;
  });
}

/** The PHC string (`$argon2id$v=19$m=19456,t=2,p=1$…`) that the registry stores. */
export async function hashPassword(password: string): Promise<string> {
  return inReferenceOrder(await hashInTurn(() => argon2.hash(password, parameters)));
}

/**
 * The library writes m,p,t; the reference implementation, and so most login sides, reads only m,t,p (RFC 9106 decoders
 * in C and PHP fail on any other order).
 */
export function inReferenceOrder(phc: string): string {
  return phc.replace(/\$m=(\d+),p=(\d+),t=(\d+)\$/, '$m=$1,t=$3,p=$2$');
}

/** Whether `phc` is a hash of `password`. False for any hash that is not argon2. */
export async function verifyPassword(phc: string, password: string): Promise<boolean> {
  return phc.startsWith('$argon2') && argon2.verify(phc, password);
}
