/**
 * The reset protocol (docs/call-flow.md): prepared before the first digit is spoken, activated
 * after the first reading, void in every other case. Knows no telephony.
 */
import { randomUUID } from 'node:crypto';
import { hashPassword } from './password-hash.ts';
import { generatePassword, isPieceOf } from './password.ts';
import type { AccountId } from '../registry/accounts.ts';
import type { CallClosing } from '../registry/call-records.ts';
import type { Resets } from '../registry/resets.ts';

/** A password nobody has heard yet, with its hash. */
export interface FreshPassword {
  readonly digits: string;
  /** PHC string. */
  readonly hash: string;
}

/**
 * What became of an activation.
 *
 * - `activated`: the account has the new password; this is committed and will stay.
 * - `refused`: the account has the old one; this is final too.
 * - `unknown`: the database went away and did not come back in time; one of the two.
 */
export type ActivationResult = 'activated' | 'refused' | 'unknown';

/** A prepared reset nobody activates within this time can no longer be activated. */
const preparedLifetimeMs = 5 * 60_000;
/** How long a lost answer is looked for while the caller waits: a restarted database is usually back by then. */
const settleBudgetMs = 8000;
const settlePauseMs = 200;

/**
 * Makes a password and its hash. Started early, so that it is ready when it is needed; a caller may
 * hang up before anybody awaits it.
 *
 * @param length digits
 * @param known what it must not be a piece of: the caller's number, the code
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
  /** What the caller is told; nobody else ever sees it. */
  readonly digits: string;

  private constructor(registry: Resets, digits: string) {
    this.#registry = registry;
    this.digits = digits;
  }

  /**
   * Records the reset, before any of it is spoken, and voids the account's older one. `too-often`:
   * the account has had as many resets as it may have (limits.ts), and nothing was done.
   *
   * @throws RegistryUnavailable when it may not have been recorded; then nothing may be spoken.
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
   * Makes the new password the account's. Never throws: whatever went wrong, what the registry
   * holds is found out by reading the reset back.
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
   * Makes the reset void if it still can be; does nothing to an activated one.
   *
   * @throws RegistryUnavailable
   */
  async void(reason: string): Promise<void> {
    await this.#registry.voidReset(this.#id, reason);
  }

  /**
   * Voiding waits for an activation that may still be under way in the database and loses against
   * it, so that what is read afterwards is final. Reading alone could see `prepared` a moment
   * before a late commit.
   */
  async #settle(): Promise<ActivationResult> {
    let isOver = false; // by a timer: clocks jump
    const timer = setTimeout(() => (isOver = true), settleBudgetMs);
    try {
      while (!isOver) {
        try {
          await this.void('no answer to activation');
          return (await this.#registry.readReset(this.#id)) === 'activated' ? 'activated' : 'refused';
        } catch {
          await new Promise((resolve) => setTimeout(resolve, settlePauseMs));
        }
      }
      return 'unknown';
    } finally {
      clearTimeout(timer);
    }
  }
}
