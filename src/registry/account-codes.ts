/** The codes of one person (docs/adr/0064). */

/** The code in `accounts` comes first. Limits count and records name the person by it, whichever code was keyed. */
export type PersonCodes = readonly [first: string, ...others: string[]];

/** Digits of a code that is not a person's first one, of whatever kind (src/mysql/schema/002.do.account-codes.sql). */
const otherCodeLength = 12;

/** Whether a code of this form may be another than its person's first one. Says nothing of whether anybody has it. */
export function mayBeOther(code: string): boolean {
  return code.length === otherCodeLength;
}

/** The port that knows which codes are one person's. Rejects with RegistryUnavailable. */
export interface AccountCodes {
  /**
   * All codes of the person to whom `code` belongs; `code` alone if it is nobody's. One statement, the same whether the
   * code exists or not.
   */
  readCodes(code: string): Promise<PersonCodes>;
}
