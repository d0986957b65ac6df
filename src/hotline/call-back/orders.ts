/** Orders to call somebody back, and how many there may be at once. */
import { randomUUID } from 'node:crypto';
import type { CallBackLine } from '../../call/call-back-line.ts';
import type { AccountId } from '../../registry/accounts.ts';
import type { CallBackRegister } from '../../registry/call-backs.ts';

/** When a match is answered by a call-back: `risk` after a code's limit or for a contradictory identity. */
export type CallBackMode = 'risk' | 'always';

/** A call-back that was promised to a caller. */
export interface CallBackOrder {
  /** UUID. */
  readonly id: string;
  readonly accountId: AccountId;
  readonly bhxhCode: string;
  /** The registered number, E.164. */
  readonly number: string;
}

export interface CallBackOptions {
  readonly mode: CallBackMode;
  readonly line: CallBackLine;
  readonly register: CallBackRegister;
  /** Calls back to one number in any 24 hours. */
  readonly perNumberDay: number;
  /** Calls back promised or under way, of this application. */
  readonly atOnce: number;
  /** How long the registered phone may ring, ms. */
  readonly ringMs: number;
  /** From the end of the caller's call to the call-back, ms: the line has to be free again. */
  readonly delayMs: number;
}

/** Takes orders up to the limits, and frees their places. */
export class CallBackOrders {
  readonly options: CallBackOptions;
  #underWay = 0;

  constructor(options: CallBackOptions) {
    this.options = options;
  }

  /** Whether every match is answered by a call-back. */
  get isAlways(): boolean {
    return this.options.mode === 'always';
  }

  /**
   * Takes an order, or null when a limit is reached. An order that was taken must be {@link finish}ed.
   *
   * @throws RegistryUnavailable; the place is free again then.
   */
  async take({
    accountId,
    bhxhCode,
  }: Pick<CallBackOrder, 'accountId' | 'bhxhCode'>): Promise<CallBackOrder | null> {
    const { atOnce, perNumberDay, register } = this.options;
    if (this.#underWay >= atOnce) return null;
    this.#underWay++;
    const id = randomUUID();
    let number: string | null = null;
    try {
      number = await register.requestCallBack({ callBackId: id, accountId, perNumberDay });
    } finally {
      if (number === null) this.#underWay--;
    }
    return number === null ? null : { id, accountId, bhxhCode, number };
  }

  /** Frees the place of an order. */
  finish(): void {
    this.#underWay--;
  }
}
