/**
 * The reset protocol (docs/call-flow.md): a reset is prepared before the first digit is spoken,
 * activated after the first reading, and voided in every other case. Knows no telephony.
 */
import { randomUUID } from 'node:crypto';
import { hashPassword } from './password-hash.ts';
import { generatePassword, isPieceOf } from './password.ts';
import type { AccountId } from '../registry/accounts.ts';
import type { CallClosing } from '../registry/call-records.ts';
import type { Resets } from '../registry/resets.ts';
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

/** A prepared reset expires if it is not activated within this time. */
const preparedLifetimeMs = 5 * 60_000;
/** How long to look up a lost answer while the caller waits. A restarted database is usually back by then. */
const settleBudgetMs = 8000;
const settlePauseMs = 200;

/**
 * Makes a password and its hash. Start it early, so it is ready when needed. If the caller hangs up
 * first and nothing awaits it, a rejection is ignored.
 *
 * @param length in digits
 * @param known the password must not be part of these: the caller's number, the code
 */
export function makePassword(length: number, ...known: string[]): Promise<FreshPassword> {
  const digits = generatePassword(length, known);
  const password = hashPassword(digits).then((hash) => ({ digits, hash }));
  password.catch(() => undefined);
  return password;
}

/** One reset of one account's password, offered to one caller. */
export class PasswordReset {
  readonly #registry: Resets;
  readonly #id = randomUUID();
  /** Spoken to the caller, and shown nowhere else. */
  readonly digits: string;

  private constructor(registry: Resets, digits: string) {
    this.#registry = registry;
    this.digits = digits;
  }

  /**
   * Records the reset before any of it is spoken, and voids the account's older one. `too-often`:
   * the account has reached its limit of resets (limits.ts), and nothing was done.
   *
   * @throws RegistryUnavailable: the reset may not have been recorded, so nothing may be spoken.
   */
  static async prepare(
    registry: Resets,
    subject: { callId: string; accountId: AccountId; bhxhCode: string; phone: string },
    prepared: FreshPassword,
  ): Promise<PasswordReset | 'too-often'> {
    const known = [subject.bhxhCode, subject.phone];
    const fits = !isPieceOf(prepared.digits, known);
    const { digits, hash } = fits ? prepared : await makePassword(prepared.digits.length, ...known);
    const reset = new PasswordReset(registry, digits);
    const admission = await registry.prepareReset({
      resetId: reset.#id,
      callId: subject.callId,
      accountId: subject.accountId,
      passwordHash: hash,
      lifetimeMs: preparedLifetimeMs,
    });
    return admission === 'prepared' ? reset : admission;
  }

  /**
   * Makes the new password the account's password. Never throws: after any error the reset is read
   * back to find out what the registry holds.
   *
   * @param passwordValidMs from now; 0: no expiry
   */
  async activate(passwordValidMs: number, closing: CallClosing): Promise<ActivationResult> {
    try {
      return (await this.#registry.activateReset({ resetId: this.#id, passwordValidMs, closing }))
        ? 'activated'
        : 'refused';
    } catch {
      return this.#settle();
    }
  }

  /**
   * Voids the reset if it is still prepared. Does nothing to an activated one.
   *
   * @throws RegistryUnavailable
   */
  async void(reason: string): Promise<void> {
    await this.#registry.voidReset(this.#id, reason);
  }

  /**
   * Finds out what became of an activation whose answer was lost. Voiding comes first: it waits for
   * an activation still under way in the database and never overrides it, so the state read afterwards
   * is final. Reading alone could see `prepared` a moment before a late commit.
   */
  async #settle(): Promise<ActivationResult> {
    let isOver = false; // set by a timer, because clocks jump
    const timer = setTimeout(() => (isOver = true), settleBudgetMs);
    try {
      while (!isOver) {
        try {
          await this.void('no answer to activation');
          return (await this.#registry.readReset(this.#id)) === 'activated' ? 'activated' : 'refused';
        } catch {
          await wait(settlePauseMs);
        }
      }
      return 'unknown';
    } finally {
      clearTimeout(timer);
    }
  }
}
