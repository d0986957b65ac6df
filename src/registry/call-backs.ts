/** The port by which calls back are counted, and the only source of the number that is called. */
import type { AccountId } from './accounts.ts';

export interface CallBackRequest {
  /** UUID chosen by the application. */
  callBackId: string;
  accountId: AccountId;
  /** Calls back to one number in any 24 hours, whichever of its accounts they are for. */
  perNumberDay: number;
}

export interface CallBackRegister {
  /**
   * One transaction, before anything is announced: counts the calls back to the account's number
   * and records this one. Returns the registered number, E.164, never what a caller claimed; null,
   * with nothing recorded, when the number has had its share. Requests for one number take turns.
   *
   * @throws RegistryUnavailable
   */
  requestCallBack(request: CallBackRequest): Promise<string | null>;
}
