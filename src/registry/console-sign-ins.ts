/** What a sign-in to the console asks of the database (docs/adr/0052-sign-in.md). */
import type { Role } from './console-users.ts';

/** Name and password as sent by somebody's browser, before the password is looked at. */
export interface SignInAttempt {
  /** UUID, chosen by the application. */
  readonly attemptId: string;
  /** The name, if a user can have it; else empty. */
  readonly name: string;
  /** `subjectKey` of the name, whatever it is. */
  readonly nameKey: string;
  /** `subjectKey` of the address. */
  readonly addressKey: string;
  /** What the browser was given when somebody signed in with it; empty: nothing. */
  readonly browser: string;
}

/** What is known of the name. */
export interface SignInUser {
  readonly role: Role;
  /** PHC string. */
  readonly passwordHash: string;
  /** Goes up when all sessions of the user end: what began in an earlier one is over. */
  readonly generation: number;
  readonly isDisabled: boolean;
}

export interface ChargedSignIn {
  /** 0: admitted. Else it is over the limit for so long; nothing was charged, and no password may be checked. */
  readonly waitSeconds: number;
  /** Null: nobody has the name, or the attempt was not admitted. */
  readonly user: SignInUser | null;
  /**
   * Who has signed in with this browser before: the user of this name (`own`), or only others (`another`), or nobody
   * (`unknown`).
   */
  readonly browser: 'own' | 'another' | 'unknown';
}

export interface AcceptedSignIn {
  readonly attemptId: string;
  readonly name: string;
  readonly generation: number;
  /** What the browser will show at its next sign-in. Kept as a hash. */
  readonly browser: string;
}

/** The port. Every method rejects with RegistryUnavailable. */
export interface ConsoleSignIns {
  /**
   * One transaction: counts what was charged in the last 15 minutes, looks for the user, and charges the attempt. All
   * attempts take turns, so together they never exceed a limit. The work is the same whether the user exists or not.
   */
  chargeSignIn(attempt: SignInAttempt): Promise<ChargedSignIn>;
  /**
   * One transaction: the password was right. Refunds the attempt, writes the sign-in's audit row, and knows the browser
   * from now on.
   * False: meanwhile the user was disabled or got another password; nothing was done.
   */
  acceptSignIn(signIn: AcceptedSignIn): Promise<boolean>;
  /** Refunds an attempt whose password was not checked. */
  refundSignIn(attemptId: string): Promise<void>;
}
