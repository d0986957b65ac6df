/**
 * Limits of sign-ins to the console, counted in the database before a password is checked
 * (docs/adr/0052-sign-in.md). Each counts failures within 15 minutes. They slow down guessing and lock nobody out:
 * what a browser of the user's own has done is counted by itself, and a name always has some attempts left at an
 * address from which it was not tried.
 */
export interface SignInLimits {
  /** On one name from one browser that has signed in with it before. */
  readonly perBrowser: number;
  /** On one name from one address, all other browsers together. */
  readonly perNameAndAddress: number;
  /** The same while the name or the address is under attack. */
  readonly perNameAndAddressUnderAttack: number;
  /** So many failures on one name from all addresses are an attack on the name. */
  readonly attackOnName: number;
  /** So many failures from one address on all names are an attack by the address. */
  readonly attackByAddress: number;
}

/** The only ones: no setting changes them. */
export const shippedSignInLimits: SignInLimits = {
  perBrowser: 10,
  perNameAndAddress: 10,
  perNameAndAddressUnderAttack: 2,
  attackOnName: 30,
  attackByAddress: 50,
};
