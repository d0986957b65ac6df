import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import pLimit from 'p-limit';
import { hashInTurn, inReferenceOrder } from './password-hash.ts';

/**
 * More than OWASP's minimum for argon2id (19 MiB, two passes), since people choose worse than a generator and keep
 * what they chose: 46 MiB, two passes, one lane. About 50 ms of one core.
 */
const parameters = { type: argon2.argon2id, memoryCost: 47_104, timeCost: 2, parallelism: 1 } as const;

/** A hash that no password has: salt and tag are random. */
const nobodysHash = `$argon2id$v=19$m=${parameters.memoryCost},t=${parameters.timeCost},p=1$${random(16)}$${random(32)}`;

/**
 * Hashes and checks passwords that people chose. One at a time stands in the queue of the calls' hashes, so that
 * however many sign in, a call waits for one of them at most.
 */
export class PasswordChecks {
  readonly #oneAtATime = pLimit(1);

  /** How many wait, without the one that has its turn. */
  get waiting(): number {
    return this.#oneAtATime.pendingCount;
  }

  /** The PHC string. */
  hash(password: string): Promise<string> {
    return this.#inTurn(async () =>
      inReferenceOrder(await argon2.hash(password.normalize('NFC'), parameters)),
    );
  }

  /** Whether `phc` is a hash of `password`; false for null, in the same time. */
  verify(phc: string | null, password: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const isRight = await argon2.verify(phc ?? nobodysHash, password.normalize('NFC'));
      return isRight && phc !== null;
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#oneAtATime(() => hashInTurn(work));
  }
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
