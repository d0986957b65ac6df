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
import type { Act } from '../../registry/officer-acts.ts';
import { recordAct } from '../audit/act-row.ts';
import type { AuditWriter } from '../audit/audit-log.ts';
import type { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
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
 * const users = new MysqlConsoleUsers(database, { key: auditKey, node: 'pbx-1' });
 * await users.listUsers();
 * await database.end();
 */
export class MysqlConsoleUsers implements ConsoleUsers, ConsoleSessions, ConsoleSignIns {
  readonly #database: Database;
  readonly #writer: AuditWriter;
  readonly #limits: SignInLimits;

  constructor(database: Database, audit: AuditWriter, limits: SignInLimits = shippedSignInLimits) {
    this.#database = database;
    this.#writer = audit;
    this.#limits = limits;
  }

  addUser(user: NewConsoleUser, by: string): Promise<boolean> {
    const { name, role } = user;
    return this.#act(by, { kind: 'user added', name, role }, (session) => users.add(session, user));
  }

  listUsers(): Promise<ConsoleUser[]> {
    return this.#database.run((session) => users.list(session));
  }

  disableUser(name: string, by: string): Promise<boolean> {
    return this.#act(by, { kind: 'user disabled', name }, (session) => users.disable(session, name));
  }

  enableUser(name: string, by: string): Promise<boolean> {
    return this.#act(by, { kind: 'user enabled', name }, (session) => users.enable(session, name));
  }

  setRole(name: string, role: Role, by: string): Promise<boolean> {
    return this.#act(by, { kind: 'user changed', name, role }, (session) =>
      users.setRole(session, name, role),
    );
  }

  setPassword(name: string, passwordHash: string, by: string, keptSession?: string): Promise<boolean> {
    return this.#act(by, { kind: 'password set', name }, (session) =>
      users.setPassword(session, name, passwordHash, keptSession),
    );
  }

  endSessionsOf(name: string, by: string): Promise<boolean> {
    return this.#act(by, { kind: 'sessions ended', name }, (session) => users.endSessions(session, name));
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
    return this.#database.transaction(async (session) => {
      const user = await sessions.end(session, id);
      if (user !== null) await recordAct(session, this.#writer, { user, what: { kind: 'signed out' } });
    });
  }

  chargeSignIn(attempt: SignInAttempt): Promise<ChargedSignIn> {
    return this.#database.transaction(
      (session) => signIns.charge(session, attempt, this.#limits),
      takingTurns,
    );
  }

  acceptSignIn(signIn: AcceptedSignIn): Promise<boolean> {
    return this.#act(signIn.name, { kind: 'signed in' }, (session) => signIns.accept(session, signIn));
  }

  refundSignIn(attemptId: string): Promise<void> {
    return this.#database.run((session) => signIns.refund(session, attemptId));
  }

  /** Deletes up to `count` sessions that ended long ago; returns how many there were. */
  purgeSessions(count = 500): Promise<number> {
    return this.#database.run((session) => sessions.deleteOld(session, count));
  }

  /** Deletes sign-ins that no limit counts any more, likewise. */
  purgeSignIns(count = 500): Promise<number> {
    return this.#database.run((session) => signIns.deleteOld(session, count));
  }

  /** Forgets browsers that were not used for half a year, likewise. */
  purgeBrowsers(count = 500): Promise<number> {
    return this.#database.run((session) => signIns.deleteOldBrowsers(session, count));
  }

  /** What `work` has done, if it says so, is an audit row in the same transaction. */
  #act(by: string, what: Act, work: (session: Session) => Promise<boolean>): Promise<boolean> {
    return this.#database.transaction(async (session) => {
      const isDone = await work(session);
      if (isDone) await recordAct(session, this.#writer, { user: by, what });
      return isDone;
    });
  }
}
