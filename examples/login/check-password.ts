/** Whether a code and a password open an account: the heart of a login. docs/login-side.md explains it line by line. */
import type { Accounts, Login } from './accounts.ts';
import { nobodysHash, verifyPassword } from './hashes.ts';

/** A spoken password is void after so many wrong guesses: eight digits bear no more. */
const maxGuesses = 5;

/**
 * Null for an unknown code, a wrong password, one that has expired, and one that is void. Nothing tells which: the
 * same statements run, one hash is computed, and the answer is the same.
 *
 * @param code digits only
 * @throws the database's error: the guess may have been counted
 */
export async function checkPassword(
  accounts: Accounts,
  code: string,
  password: string,
): Promise<Login | null> {
  const account = await accounts.find(code);
  const hash = account?.passwordHash ?? nobodysHash;

  const guess = await accounts.countGuess(hash, maxGuesses);
  const isVoid = account?.mustChange === true && guess.count > maxGuesses;
  const mayEnter = account !== null && account.isValid && !isVoid;

  const isRight = await verifyPassword(mayEnter ? hash : nobodysHash, password);
  if (!mayEnter || !isRight) return null;

  await accounts.takeBack(guess);
  return { accountId: account.id, passwordHash: hash };
}
