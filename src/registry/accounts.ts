/** Surrogate key of an account. Tables that are not the registry itself hold this, never the code. */
export type AccountId = number;

/** The port by which a code and a number are compared. */
export interface Accounts {
  /**
   * The account of this pair, or null. One query, the same whether the code exists or not.
   *
   * @param phone E.164
   * @throws RegistryUnavailable
   */
  findAccount(bhxhCode: string, phone: string): Promise<AccountId | null>;
}
