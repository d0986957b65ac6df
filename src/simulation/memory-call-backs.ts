import { isResetAllowed } from '../registry/account-blocks.ts';
import type { CallBackAnswer, CallBackRequest } from '../registry/call-backs.ts';
import type { MemoryAccount } from './memory-rows.ts';

/** The call-backs that were asked for, counted for each number, for the registry in memory. */
export class MemoryCallBacks {
  /** The number that was called, by the id of the call-back. */
  readonly #called = new Map<string, string>();

  request(
    accounts: readonly MemoryAccount[],
    { callBackId, accountId, perNumberDay }: CallBackRequest,
  ): CallBackAnswer {
    const account = accounts.find(({ id }) => id === accountId);
    if (account === undefined) return 'moved';
    if (!isResetAllowed(account.block.state, true)) return 'blocked';
    const number = account.phone;
    if (this.#called.get(callBackId) === number) return { number };
    const count = [...this.#called.values()].filter((called) => called === number).length;
    if (count >= perNumberDay) return 'over';
    this.#called.set(callBackId, number);
    return { number };
  }
}
