/** A sign-in to the console (docs/adr/0052-sign-in.md). */
import { randomUUID } from 'node:crypto';
import type { PasswordChecks } from '../accounts/password-checks.ts';
import { subjectKey } from '../accounts/subject-key.ts';
import { networkOf } from '../machine/network-of.ts';
import { newSecret } from '../machine/secret.ts';
import type { ConsoleSignIns } from '../registry/console-sign-ins.ts';
import { userNamePattern, type Role } from '../registry/console-users.ts';

export interface SignInDesk {
  readonly signIns: ConsoleSignIns;
  readonly passwords: PasswordChecks;
  /** HASH_KEY. */
  readonly hashKey: string;
}

/** What somebody's browser has sent. */
export interface SignInForm {
  /** As typed: blanks around it and capitals do not matter. */
  readonly name: string;
  /** As typed. */
  readonly password: string;
  /** IPv4 or IPv6, of the browser and not of a proxy in between. */
  readonly address: string;
  /** {@link SignInAnswer}'s `browser`, from the last sign-in of this browser. */
  readonly browser?: string | undefined;
}

/**
 * - `refused`: unknown name, disabled user or wrong password. Which one, nobody is told, not by the time it takes either.
 * - `wait`: too many failures, or too many who sign in at this moment; the password was not looked at.
 */
export type SignInAnswer =
  | {
      readonly kind: 'signed-in';
      /** The name as it is spelled; the generation is for the session ({@link SessionContent}). */
      readonly user: { readonly name: string; readonly role: Role; readonly generation: number };
      /** For a cookie of this browser, HttpOnly, for 180 days. */
      readonly browser: string;
    }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly seconds: number };

/** So many passwords may wait to be checked, about a second; a browser of the user's own may always wait. */
const maxWaiting = 20;
const busySeconds = 5;

/**
 * Counts the attempt, then checks the password.
 *
 * @throws RegistryUnavailable: the attempt may count as a failure
 */
export async function signIn(desk: SignInDesk, form: SignInForm): Promise<SignInAnswer> {
  const checked = await checkPassword(desk, form);
  if (checked.kind !== 'right') return checked;
  const { attemptId, name, role, generation } = checked;
  // Never one that the browser made up: somebody else may know it.
  const browser = checked.isBrowserKnown && form.browser !== undefined ? form.browser : newSecret();
  const isAccepted = await desk.signIns.acceptSignIn({ attemptId, name, generation, browser });
  if (!isAccepted) return { kind: 'refused' };
  return { kind: 'signed-in', user: { name, role, generation }, browser };
}

/**
 * Whether it is the user's password, before something that a session alone must not be enough for: a new password.
 * Counted as a sign-in is.
 *
 * @throws RegistryUnavailable, as {@link signIn}
 */
export async function confirmPassword(
  desk: SignInDesk,
  form: SignInForm,
): Promise<{ readonly kind: 'right' } | Exclude<SignInAnswer, { kind: 'signed-in' }>> {
  const checked = await checkPassword(desk, form);
  if (checked.kind !== 'right') return checked;
  await desk.signIns.refundSignIn(checked.attemptId);
  return { kind: 'right' };
}

interface RightPassword {
  readonly kind: 'right';
  /** Counts as a failure until it is accepted or refunded. */
  readonly attemptId: string;
  readonly name: string;
  readonly role: Role;
  readonly generation: number;
  readonly isBrowserKnown: boolean;
}

async function checkPassword(
  { signIns, passwords, hashKey }: SignInDesk,
  { name: typed, password, address, browser = '' }: SignInForm,
): Promise<RightPassword | Exclude<SignInAnswer, { kind: 'signed-in' }>> {
  const name = typed.trim().toLowerCase();
  const attemptId = randomUUID();
  const charged = await signIns.chargeSignIn({
    attemptId,
    name: userNamePattern.test(name) ? name : '',
    nameKey: subjectKey(hashKey, 'console user', name),
    addressKey: subjectKey(hashKey, 'console address', networkOf(address)),
    browser,
  });
  if (charged.waitSeconds > 0) return { kind: 'wait', seconds: charged.waitSeconds };
  if (charged.browser !== 'own' && passwords.waiting >= maxWaiting) {
    await signIns.refundSignIn(attemptId);
    return { kind: 'wait', seconds: busySeconds };
  }
  const { user } = charged;
  const isRight = await passwords.verify(user?.passwordHash ?? null, password);
  if (!isRight || user === null || user.isDisabled) return { kind: 'refused' };
  const { role, generation } = user;
  return { kind: 'right', attemptId, name, role, generation, isBrowserKnown: charged.browser !== 'unknown' };
}
