/** The codes of one person (docs/adr/0064). */

/** The code in `accounts` comes first. Limits count and records name the person by it, whichever code was keyed. */
export type PersonCodes = readonly [first: string, ...others: string[]];

/** The port that knows which codes are one person's. Rejects with RegistryUnavailable. */
export interface AccountCodes {
  /**
   * All codes of the person to whom `code` belongs; `code` alone if it is nobody's. One statement, the same whether the
   * code exists or not.
   */
  readCodes(code: string): Promise<PersonCodes>;
}
