/** Users of the officers' console, and their sessions. */

/** What a user may do, each role what the one before may: see figures; also search and see calls; also manage. */
export const roles = ['viewer', 'officer', 'admin'] as const;
export type Role = (typeof roles)[number];

/** A user's name: 2 to 32 of `a-z 0-9 . _ -`. */
export const userNamePattern = /^[a-z0-9._-]{2,32}$/;

export interface NewConsoleUser {
  /** As {@link userNamePattern}. */
  readonly name: string;
  readonly role: Role;
  /** PHC string. */
  readonly passwordHash: string;
}

/** A user as an admin sees them. */
export interface ConsoleUser {
  readonly name: string;
  readonly role: Role;
  readonly createdAt: Date;
  readonly passwordChangedAt: Date;
  /** Null: never. */
  readonly lastSignInAt: Date | null;
  /** Null: may sign in. */
  readonly disabledAt: Date | null;
  /** Sessions that have not ended. */
  readonly openSessions: number;
}

/**
 * The port that keeps the users. No user is ever deleted, so that a name in the audit log stays one person's. Each act
 * is an audit row of `by` (officer-acts.ts), written in the same transaction. Methods that answer a boolean answer
 * false, and change nothing, if no user has the name. Every method rejects with RegistryUnavailable.
 *
 * `by` is the user who acts, or `cli:` and the user of the operating system.
 */
export interface ConsoleUsers {
  /** False: the name is taken. */
  addUser(user: NewConsoleUser, by: string): Promise<boolean>;
  /** All users by name. */
  listUsers(): Promise<ConsoleUser[]>;
  /** The user may not sign in any more, and all their sessions end. Safe to repeat. */
  disableUser(name: string, by: string): Promise<boolean>;
  /** The user may sign in again, with the password they had. Safe to repeat. */
  enableUser(name: string, by: string): Promise<boolean>;
  /** Holds from the next request of the user's sessions on. */
  setRole(name: string, role: Role, by: string): Promise<boolean>;
  /**
   * Ends all sessions of the user, and forgets their browsers.
   *
   * @param passwordHash PHC string
   * @param keptSession id of a session of theirs that goes on: the one in which they have changed it
   */
  setPassword(name: string, passwordHash: string, by: string, keptSession?: string): Promise<boolean>;
  /** Ends all sessions of the user. */
  endSessionsOf(name: string, by: string): Promise<boolean>;
}

/** What a session holds. */
export interface SessionContent {
  /** The user's name. */
  readonly user: string;
  /** The user's generation at sign-in (console-sign-ins.ts). */
  readonly generation: number;
  /** What pages keep, as JSON at most 2000 characters. No secret, code or number. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A session that has not ended. */
export interface OpenSession extends SessionContent {
  /** The user's role now. */
  readonly role: Role;
  /** A minute has passed since it was touched, or begun. */
  readonly isTouchDue: boolean;
}

/**
 * The port that keeps sessions. A session ends 30 minutes after it was touched last, 12 hours after it began, by
 * sign-out, when its user is disabled or gets a new password, and when an admin ends the user's sessions; what ended
 * stays ended. Times are those of the database's clock. A session's id is known to its browser only: the port keeps a
 * hash. Every method rejects with RegistryUnavailable.
 */
export interface ConsoleSessions {
  /** Null: there is no such session, or it has ended. */
  readSession(id: string): Promise<OpenSession | null>;
  /**
   * Begins a session, or replaces the data of one that is open. One of another user, one that has ended, and one of
   * a generation that is over stay as they are.
   */
  writeSession(id: string, content: SessionContent): Promise<void>;
  /** The user has done something: the session's 30 minutes begin again. Writes at most once a minute. */
  touchSession(id: string): Promise<void>;
  /** Sign-out, and its audit row if the session was open. Safe to repeat. */
  endSession(id: string): Promise<void>;
}
