/** The codes of one person (docs/adr/0064). */

/** The one in `accounts` first: by it limits count, and records name, whoever keyed which. */
export type PersonCodes = readonly [first: string, ...others: string[]];

/** The port that knows which codes are one person's. Rejects with RegistryUnavailable. */
export interface AccountCodes {
  /**
   * All codes of the person to whom `code` belongs; `code` alone if it is nobody's. One statement, the same whether the
   * code exists or not.
   */
  readCodes(code: string): Promise<PersonCodes>;
}
