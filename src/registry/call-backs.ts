/** The port that counts calls back. It is the only source of the number that is called. */
import type { AccountId } from './accounts.ts';

export interface CallBackRequest {
  /** UUID chosen by the application. */
  callBackId: string;
  accountId: AccountId;
  /** Max. calls back to one number in any 24 hours, whichever of its accounts they are for. */
  perNumberDay: number;
}

export interface CallBackRegister {
  /**
   * One transaction, before anything is announced: counts the calls back to the account's number
   * and records this one. Returns the registered number, E.164, never one that a caller claimed;
   * null, with nothing recorded, when the number is over its limit. Requests for one number take
   * turns.
   *
   * @throws RegistryUnavailable
   */
  requestCallBack(request: CallBackRequest): Promise<string | null>;
}
