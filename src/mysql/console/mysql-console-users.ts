import { shippedSignInLimits, type SignInLimits } from '../../accounts/sign-in-limits.ts';
import type {
  AcceptedSignIn,
  ChargedSignIn,
  ConsoleSignIns,
  SignInAttempt,
} from '../../registry/console-sign-ins.ts';
import type {
  ConsoleSessions,
  ConsoleUser,
  ConsoleUsers,
  NewConsoleUser,
  OpenSession,
  Role,
  SessionContent,
} from '../../registry/console-users.ts';
import type { Database } from '../database/database.ts';
import * as sessions from './sessions.ts';
import * as signIns from './sign-ins.ts';
import * as users from './users.ts';

/** All sign-ins wait for the same row, so that they hold one connection and not all. */
const takingTurns = { subjects: ['sign-ins'] };

/**
 * Users and sessions of the console in MySQL or MariaDB; the ports in registry/ say what each method promises.
 *
 * @example
 * const database = new Database({ url, poolSize: 4 }); // not the pool of the calls
 * const users = new MysqlConsoleUsers(database);
 * await users.listUsers();
 * await database.end();
 */
export class MysqlConsoleUsers implements ConsoleUsers, ConsoleSessions, ConsoleSignIns {
  readonly #database: Database;
  readonly #limits: SignInLimits;

  constructor(database: Database, limits: SignInLimits = shippedSignInLimits) {
    this.#database = database;
    this.#limits = limits;
  }

  addUser(user: NewConsoleUser): Promise<boolean> {
    return this.#database.run((session) => users.add(session, user));
  }

  listUsers(): Promise<ConsoleUser[]> {
    return this.#database.run((session) => users.list(session));
  }

  disableUser(name: string): Promise<boolean> {
    return this.#database.transaction((session) => users.disable(session, name));
  }

  enableUser(name: string): Promise<boolean> {
    return this.#database.transaction((session) => users.enable(session, name));
  }

  setRole(name: string, role: Role): Promise<boolean> {
    return this.#database.transaction((session) => users.setRole(session, name, role));
  }

  setPassword(name: string, passwordHash: string, keptSession?: string): Promise<boolean> {
    return this.#database.transaction((session) =>
      users.setPassword(session, name, passwordHash, keptSession),
    );
  }

  readSession(id: string): Promise<OpenSession | null> {
    return this.#database.run((session) => sessions.read(session, id));
  }

  writeSession(id: string, content: SessionContent): Promise<void> {
    return this.#database.run((session) => sessions.write(session, id, content));
  }

  touchSession(id: string): Promise<void> {
    return this.#database.run((session) => sessions.touch(session, id));
  }

  endSession(id: string): Promise<void> {
    return this.#database.run((session) => sessions.end(session, id));
  }

  endSessionsOf(name: string): Promise<number> {
    return this.#database.transaction((session) => users.endSessions(session, name));
  }

  chargeSignIn(attempt: SignInAttempt): Promise<ChargedSignIn> {
    return this.#database.transaction(
      (session) => signIns.charge(session, attempt, this.#limits),
      takingTurns,
    );
  }

  acceptSignIn(signIn: AcceptedSignIn): Promise<boolean> {
    return this.#database.transaction((session) => signIns.accept(session, signIn));
  }

  refundSignIn(attemptId: string): Promise<void> {
    return this.#database.run((session) => signIns.refund(session, attemptId));
  }
}
