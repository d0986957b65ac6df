/** Surrogate key of an account. Every table but `accounts` holds this, never the code. */
export type AccountId = number;
