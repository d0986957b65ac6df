import type { Activation, Preparation, PreparedReset, ResetState } from '../../src/registry/resets.ts';
import type { CallBackAnswer, CallBackRequest } from '../../src/registry/call-backs.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  KeptSteps,
  StandingRow,
} from '../../src/registry/call-records.ts';
import type { PersonCodes } from '../../src/registry/account-codes.ts';
import type { AttemptAnswer, KeyedCode } from '../../src/registry/attempts.ts';
import type { CallRegistry } from '../../src/registry/registry.ts';
import type { Trace } from './trace.ts';

/** Longer than a caller waits before the first please-wait. */
const slowMs = 1200;

/** A registry that notes its answers in a trace, in the words of the pictures. */
export class TellingRegistry implements CallRegistry {
  readonly #registry: CallRegistry;
  readonly #trace: Trace;
  readonly #slow: boolean;
  /** Why a match does not lead to a reading; empty if it does. */
  #doubt: string;

  constructor(
    registry: CallRegistry,
    trace: Trace,
    { slow = false, doubt = '' }: { slow: boolean | undefined; doubt: string | undefined },
  ) {
    this.#registry = registry;
    this.#trace = trace;
    this.#slow = slow;
    this.#doubt = doubt;
  }

  async openCall(opening: CallOpening): Promise<CallAdmission> {
    return this.#telling(
      this.#registry.openCall(opening),
      (admission) =>
        ({
          admitted: this.#back('it is back'),
          ended: undefined,
          'phone-busy': '8, too many calls of this phone',
          'phone-over': '8, over a limit of this phone',
        })[admission],
      '8, the database is unreachable',
    );
  }

  /** Everybody has one code, and the database is asked by the check alone. */
  readCodes(code: string): Promise<PersonCodes> {
    return Promise.resolve([code]);
  }

  /** Answers once the caller has heard please-wait. */
  async checkAttempt(attempt: KeyedCode): Promise<AttemptAnswer> {
    if (!this.#trace.isHolding) await this.#trace.asksToWait();
    return this.#telling(
      this.#registry.checkAttempt(attempt),
      ({ admission, accountId, preparation }) => {
        if (admission === 'phone-over') return 'phone over its limit';
        if (admission === 'code-over') this.#doubt = ', code over its limit';
        if (accountId === null) return 'no match';
        return preparation === undefined ? `match${this.#doubt}` : this.#afterMatch(preparation);
      },
      'the database is unreachable',
    );
  }

  refundAttempt(attemptId: string): Promise<void> {
    return this.#registry.refundAttempt(attemptId);
  }

  #afterMatch(preparation: Preparation): string {
    return {
      prepared: this.#back('match, it is back') ?? 'match',
      'too-often': 'match, too many resets',
      moved: 'match, the number moves',
      blocked: 'match, blocked meanwhile',
    }[preparation];
  }

  prepareReset(reset: PreparedReset): Promise<Preparation> {
    return this.#registry.prepareReset(reset);
  }

  async activateReset(activation: Activation): Promise<boolean> {
    if (this.#slow) {
      this.#trace.leads(this.#noAnswer());
      await new Promise((resolve) => setTimeout(resolve, slowMs));
    }
    return this.#telling(
      this.#registry.activateReset(activation),
      (done) => (done ? 'stored' : 'not stored'),
      this.#noAnswer(),
    );
  }

  async voidReset(resetId: string, reason: string): Promise<void> {
    await this.#telling(this.#registry.voidReset(resetId, reason), () => undefined, this.#noAnswer());
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#telling(
      this.#registry.readReset(resetId),
      (state) => (state === 'prepared' ? undefined : state === 'activated' ? 'stored' : 'not stored'),
      this.#noAnswer(),
    );
  }

  closeCall(callId: string, closing: CallClosing, missed?: CallOpening): Promise<StandingRow> {
    return this.#registry.closeCall(callId, closing, missed);
  }

  keepSteps(kept: readonly KeptSteps[]): Promise<void> {
    return this.#registry.keepSteps(kept);
  }

  requestCallBack(request: CallBackRequest): Promise<CallBackAnswer> {
    return this.#registry.requestCallBack(request);
  }

  #back(words: string): string | undefined {
    return this.#trace.isHolding ? words : undefined;
  }

  #noAnswer(): string {
    return this.#trace.lastHeard === 'please-wait again' ? 'still no answer' : 'no answer yet';
  }

  async #telling<T>(answer: Promise<T>, words: (value: T) => string | undefined, lost: string): Promise<T> {
    try {
      const value = await answer;
      const told = words(value);
      if (told !== undefined) this.#trace.leads(told);
      return value;
    } catch (error) {
      this.#trace.leads(this.#trace.isHolding ? 'still unreachable' : lost);
      throw error;
    }
  }
}
