/** Surrogate key of an account. Every table but `accounts` holds this, never the code. */
export type AccountId = number;

/** The port that compares a code and a phone number. */
export interface Accounts {
  /**
   * The account with this pair, or null. One query, the same whether the code exists or not.
   *
   * @param phone E.164
   * @throws RegistryUnavailable
   */
  findAccount(bhxhCode: string, phone: string): Promise<AccountId | null>;
}
