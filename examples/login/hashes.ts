/** Hashes of passwords: argon2id, with the parameters that the hotline uses for the passwords it speaks. */
import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';

/** OWASP's minimum. The same for all, so that every check takes the same time. */
const parameters = { type: argon2.argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** A hash that no password has, to be checked where there is nothing to check. */
export const nobodysHash = `$argon2id$v=19$m=19456,t=2,p=1$${random(16)}$${random(32)}`;

/** @param password as typed; the same letters in another composition (á as a and ´) are the same password */
export function hashPassword(password: string): Promise<string> {
  return argon2.hash(password.normalize('NFC'), parameters);
}

/** False for a hash of another kind too, such as an older login side has left. */
export async function verifyPassword(hash: string, password: string): Promise<boolean> {
  const isOurs = hash.startsWith('$argon2');
  return (await argon2.verify(isOurs ? hash : nobodysHash, password.normalize('NFC'))) && isOurs;
}

function random(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
