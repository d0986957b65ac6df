/** The keys of the audit log, and which of them may have made what (docs/adr/0038). */
import { createHash } from 'node:crypto';

/** Who made a seal or a checkpoint, and since when that key has been in use. */
export interface KeyUse {
  /** {@link keyIdOf} the key. */
  readonly keyId: string;
  /** When the first seal of this key was made, UTC, as the database writes it. */
  readonly keySince: string;
}

/**
 * How long after the first seal of a key the key before it may still write rows, ms: applications are
 * restarted one after the other, and each lets its calls end. Later it could be in the wrong hands.
 */
const handoverMs = 3_600_000;

/** Names a key without revealing it: a key has 256 random bits. */
export function keyIdOf(key: string): string {
  return createHash('sha256').update(`audit key id ${key}`).digest('hex').slice(0, 8);
}

export class AuditKeys {
  /** Makes every new row and seal. */
  readonly current: string;
  readonly currentId: string;
  /** From the current one to the oldest. */
  readonly #all: readonly { readonly id: string; readonly key: string }[];

  /**
   * @param current AUDIT_KEY
   * @param earlier AUDIT_KEYS_BEFORE, the latest first
   */
  constructor(current: string, earlier: readonly string[] = []) {
    this.#all = [current, ...earlier].map((key) => ({ id: keyIdOf(key), key }));
    this.current = current;
    this.currentId = this.#all[0]!.id;
  }

  /** Null: it is not among these keys. */
  find(id: string): string | null {
    return this.#all.find((each) => each.id === id)?.key ?? null;
  }

  /** Whether `id` is an earlier key than `other`. Both must be among these keys. */
  isEarlier(id: string, other: string): boolean {
    return this.#indexOf(id) > this.#indexOf(other);
  }

  /**
   * The keys that rows may have their MAC from: the one in use, any later one (an application may have it
   * before the sealer does), and at first the one before.
   *
   * @param use the seal over the rows, or, while they have none, the end of the chain; null: nothing is sealed
   * @param at when the seal was made, or now
   */
  forRows(use: KeyUse | null, at: string): readonly string[] {
    const inUse = use === null ? 0 : this.#indexOf(use.keyId);
    const isHandover = use === null || timeOf(at) <= timeOf(use.keySince) + handoverMs;
    return this.#all.slice(0, inUse + (isHandover ? 2 : 1)).map(({ key }) => key);
  }

  /** The current key as the maker of the next seal. @param end of the chain; null if nothing is sealed yet */
  takeOver(end: KeyUse | null, now: string): KeyUse {
    return { keyId: this.currentId, keySince: end?.keyId === this.currentId ? end.keySince : now };
  }

  #indexOf(id: string): number {
    return this.#all.findIndex((each) => each.id === id);
  }
}

/** @param text `2026-01-31 23:59:59.000`, UTC */
function timeOf(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`);
}
