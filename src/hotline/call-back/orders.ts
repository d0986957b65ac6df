/** Orders for call-backs, and how many there may be at once. */
import { randomUUID } from 'node:crypto';
import type { CallBackLine } from '../../call/call-back-line.ts';
import type { PersonCodes } from '../../registry/account-codes.ts';
import type { AccountId } from '../../registry/accounts.ts';
import type { CallBackAnswer, CallBackRegister } from '../../registry/call-backs.ts';
import type { NoLongerMatch } from '../../registry/resets.ts';

/**
 * When a match leads to a call-back. `risk`: if the code is over its limit or the identity is
 * contradictory.
 */
export type CallBackMode = 'risk' | 'always';

/** A call-back that was promised to a caller. */
export interface CallBackOrder {
  /** UUID. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly codes: PersonCodes;
  /** The registered number, E.164. */
  readonly number: string;
}

export interface CallBackOptions {
  readonly mode: CallBackMode;
  readonly line: CallBackLine;
  /** Call-backs to one number in any 24 hours. */
  readonly perNumberDay: number;
  /** Call-backs promised or under way in this process. */
  readonly atOnce: number;
  /** How long the registered phone may ring, ms. */
  readonly ringMs: number;
  /** From the end of the caller's call to the call-back, ms. The line must be free again by then. */
  readonly delayMs: number;
}

/** Takes orders up to the limits, and frees their places. */
export class CallBackOrders {
  readonly options: CallBackOptions;
  #underWay = 0;

  constructor(options: CallBackOptions) {
    this.options = options;
  }

  /** Whether every match leads to a call-back. */
  get isAlways(): boolean {
    return this.options.mode === 'always';
  }

  /**
   * Takes an order, or says why not: all places are taken, this number has been called often enough, or
   * it is no longer that of the account, or may not be called. Every order taken must be {@link finish}ed.
   *
   * @param register where call-backs are counted
   * @param ask runs the question to it, which may be repeated
   * @throws what `ask` throws; the order then holds no place.
   */
  async take(
    { accountId, codes }: Pick<CallBackOrder, 'accountId' | 'codes'>,
    register: CallBackRegister,
    ask: (question: () => Promise<CallBackAnswer>) => Promise<CallBackAnswer>,
  ): Promise<CallBackOrder | 'call-backs-busy' | 'call-backs-over' | NoLongerMatch> {
    const { atOnce, perNumberDay } = this.options;
    if (this.#underWay >= atOnce) return 'call-backs-busy';
    this.#underWay++;
    const id = randomUUID();
    let answer: CallBackAnswer = 'over';
    try {
      answer = await ask(() => register.requestCallBack({ callBackId: id, accountId, perNumberDay }));
    } finally {
      if (typeof answer === 'string') this.#underWay--;
    }
    if (answer === 'moved' || answer === 'blocked') return answer;
    return answer === 'over' ? 'call-backs-over' : { id, accountId, codes, number: answer.number };
  }

  /** Frees the place of an order. */
  finish(): void {
    this.#underWay--;
  }
}
