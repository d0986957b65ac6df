/**
 * The reset protocol (docs/call-flow.md): a reset is prepared before the first digit is spoken,
 * activated after the first reading, and voided in every other case. Knows no telephony.
 */
import { randomUUID } from 'node:crypto';
import { hashPassword } from './password-hash.ts';
import { generatePassword, isPieceOf, type DrawDigit } from './password.ts';
import type { PersonCodes } from '../registry/account-codes.ts';
import type { CallClosing } from '../registry/call-records.ts';
import type { Activation, OfferedReset, Preparation, PreparedReset, Resets } from '../registry/resets.ts';
import { backOff } from '../timing/back-off.ts';
import { wait } from '../timing/wait.ts';

/** A password that has not been spoken yet, with its hash. */
export interface FreshPassword {
  readonly digits: string;
  /** PHC string. */
  readonly hash: string;
}

/**
 * The result of an activation.
 *
 * - `activated`: the account has the new password. This is committed and final.
 * - `refused`: the account has the old password. This is final too.
 * - `unknown`: either of the two. The database became unreachable and did not return in time.
 */
export type ActivationResult = 'activated' | 'refused' | 'unknown';

/** What a match leads to: a reset that is prepared, or why nothing was done. */
export type OfferedPassword = PasswordReset | Exclude<Preparation, 'prepared'>;

/**
 * A prepared reset expires if it is not activated within this time. Beside the first reading that is the rest of
 * "please wait", which is said while it is prepared, and the three minutes that a call may be on hold.
 */
const preparedLifetimeMs = 5 * 60_000;
/** How long an activation without an answer is repeated while the caller waits. A restarted database is usually back by then. */
const settleBudgetMs = 8000;
/**
 * Before a password is hashed, ms. A hash takes one of two cores for 20 ms, and the sentence that the caller waits for
 * is being started in that moment.
 */
const headStartMs = 100;
/** Between two tries. */
const settlePauseMs = backOff({ firstMs: 200, maxMs: 1000, jitter: () => Math.random() });

/**
 * Makes a password and its hash, in about an eighth of a second. Start it early, so it is ready when needed. If the
 * caller hangs up first and nothing awaits it, a rejection is ignored.
 *
 * @param length in digits
 * @param known the password must not be part of these: the caller's number, the code
 * @param draw as of {@link generatePassword}
 */
export function makePassword(
  length: number,
  known: readonly string[] = [],
  draw?: DrawDigit,
): Promise<FreshPassword> {
  const digits = generatePassword(length, known, draw);
  const password = wait(headStartMs)
    .then(() => hashPassword(digits))
    .then((hash) => ({ digits, hash }));
  password.catch(() => undefined);
  return password;
}

/** A reset about to be prepared. A preparation that is repeated takes another one. */
export function newReset(): Pick<PreparedReset, 'resetId' | 'lifetimeMs'> {
  return { resetId: randomUUID(), lifetimeMs: preparedLifetimeMs };
}

/** One reset of one account's password, offered to one caller. */
export class PasswordReset {
  readonly #registry: Resets;
  readonly #offer: OfferedReset;
  readonly #passwordHash: string;
  /** Spoken to the caller, and shown nowhere else. */
  readonly digits: string;

  private constructor(registry: Resets, offer: OfferedReset, { digits, hash }: FreshPassword) {
    this.#registry = registry;
    this.#offer = offer;
    this.#passwordHash = hash;
    this.digits = digits;
  }

  /**
   * Records the reset before any of it is spoken, and voids the account's older one, or says why
   * nothing was done.
   *
   * @throws RegistryUnavailable: the reset may not have been recorded, so nothing may be spoken.
   */
  static async prepare(
    registry: Resets,
    { codes, ...subject }: Omit<OfferedReset, 'resetId'> & { codes: PersonCodes },
    password: FreshPassword,
  ): Promise<OfferedPassword> {
    const { resetId, lifetimeMs } = newReset();
    const offer = { ...subject, resetId };
    const preparation = await registry.prepareReset({ ...offer, lifetimeMs });
    return PasswordReset.offered(registry, offer, codes, password, preparation);
  }

  /**
   * The reset that the registry has prepared.
   *
   * @param codes of the person; the password must not be part of them, or of the phone
   */
  static async offered(
    registry: Resets,
    offer: OfferedReset,
    codes: PersonCodes,
    password: FreshPassword,
    preparation: Preparation,
  ): Promise<OfferedPassword> {
    if (preparation !== 'prepared') return preparation;
    const known = [...codes, offer.phone];
    const fits = !isPieceOf(password.digits, known);
    const fitting = fits ? password : await makePassword(password.digits.length, known);
    return new PasswordReset(registry, offer, fitting);
  }

  /**
   * Makes the new password the account's password. Never throws: an activation that gets no answer is
   * repeated and read back until it is clear what the registry holds, or the time is over.
   *
   * @param passwordValidMs from now; 0: no expiry
   */
  async activate(passwordValidMs: number, closing: CallClosing): Promise<ActivationResult> {
    const activation = { ...this.#offer, passwordHash: this.#passwordHash, passwordValidMs, closing };
    const result = await this.#tryToActivate(activation);
    return result === 'unknown' ? this.#settle(activation) : result;
  }

  /**
   * Voids the reset if it is still prepared. Does nothing to an activated one.
   *
   * @throws RegistryUnavailable
   */
  async void(reason: string): Promise<void> {
    await this.#registry.voidReset(this.#offer.resetId, reason);
  }

  async #tryToActivate(activation: Activation): Promise<ActivationResult> {
    try {
      return (await this.#registry.activateReset(activation)) ? 'activated' : 'refused';
    } catch {
      return 'unknown';
    }
  }

  /**
   * Repeats an activation that got no answer. By the reset's id that is safe: one that was made, or is
   * still under way in the database, is not made twice. The reading in between settles it where the
   * database takes no changes for the moment, as a standby does. Only when the time is over the reset is voided.
   */
  async #settle(activation: Activation): Promise<ActivationResult> {
    let isOver = false; // set by a timer, because clocks jump
    const timer = setTimeout(() => (isOver = true), settleBudgetMs);
    try {
      for (let tries = 1; !isOver; tries++) {
        const result = await this.#tryToActivate(activation);
        if (result !== 'unknown') return result;
        const state = isOver
          ? 'prepared'
          : await this.#registry.readReset(this.#offer.resetId).catch(() => 'prepared');
        if (state !== 'prepared') return state === 'activated' ? 'activated' : 'refused';
        await wait(settlePauseMs(tries));
      }
      return await this.#giveUp();
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * Voiding comes before reading: it waits for an activation still under way in the database and never
   * overrides it, so the state read afterwards is final. Reading alone could see `prepared` a moment
   * before a late commit.
   */
  async #giveUp(): Promise<ActivationResult> {
    try {
      await this.void('no answer to activation');
      return (await this.#registry.readReset(this.#offer.resetId)) === 'activated' ? 'activated' : 'refused';
    } catch {
      return 'unknown';
    }
  }
}
