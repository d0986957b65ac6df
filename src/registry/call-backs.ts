/** The port that counts calls back. It is the only source of the number that is called. */
import type { AccountId } from './accounts.ts';
import type { NoLongerMatch } from './resets.ts';

export interface CallBackRequest {
  /** UUID chosen by the application. */
  callBackId: string;
  accountId: AccountId;
  /** Max. calls back to one number in any 24 hours, whichever of its accounts they are for. */
  perNumberDay: number;
}

/** The registered number, E.164, never one that a caller claimed; `over`: it was called back often enough. */
export type CallBackAnswer = { readonly number: string } | 'over' | NoLongerMatch;

export interface CallBackRegister {
  /**
   * One transaction, before anything is announced: counts the calls back to the account's number
   * and records this one, unless it answers with a word. Requests for one number take turns.
   * Repeated after it was recorded, it is granted again and counts once.
   *
   * @throws RegistryUnavailable
   */
  requestCallBack(request: CallBackRequest): Promise<CallBackAnswer>;
}
