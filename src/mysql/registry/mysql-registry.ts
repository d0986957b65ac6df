import { shippedLimits, type Limits } from '../../accounts/limits.ts';
import type { Activation, Preparation, PreparedReset, ResetState, Resets } from '../../registry/resets.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  InterruptedEnding,
  CallRecords,
  KeptSteps,
  StandingRow,
} from '../../registry/call-records.ts';
import type { AttemptAnswer, Attempts, KeyedCode } from '../../registry/attempts.ts';
import type { MenuCount, MenuCounts } from '../../registry/menu-counts.ts';
import type { Instance, Instances, SeenInstance } from '../../registry/instances.ts';
import { recordAct } from '../audit/act-row.ts';
import type { AuditWriter } from '../audit/audit-log.ts';
import { readUnsealedAge } from '../audit/unsealed-age.ts';
import type { AccountCodes, PersonCodes } from '../../registry/account-codes.ts';
import type { CallBackAnswer, CallBackRegister, CallBackRequest } from '../../registry/call-backs.ts';
import type { OfficerAct, OfficerActs } from '../../registry/officer-acts.ts';
import type { AccountBlock, AccountBlocks, BlockAnswer, BlockChange } from '../../registry/account-blocks.ts';
import * as blocks from './account-blocks.ts';
import { readCodes } from './account-codes.ts';
import * as callBacks from './call-backs.ts';
import * as calls from './calls.ts';
import * as callSteps from './call-steps.ts';
import { findConnectionShortage } from '../database/connection-room.ts';
import { Database, type DatabaseOptions, type WorkOptions } from '../database/database.ts';
import * as instances from './instances.ts';
import * as loginGuesses from './login-guesses.ts';
import * as menuCounts from './menu-counts.ts';
import * as counts from './limits.ts';
import { Readiness, type RegistryParts } from './readiness.ts';
import * as resets from './resets.ts';
import * as callFigures from '../reports/count-calls.ts';

/** Calls of lost instances that are looked for at once. */
const interruptedAtOnce = 100;

/**
 * A caller has heard a password, or all calls of this instance depend on it: the change and what settles
 * it, and the lease.
 */
const urgent: WorkOptions = { lane: 'urgent' };
/** Nobody waits for it. */
const background: WorkOptions = { lane: 'background' };

/** Work on one account takes turns, as its row would make it. */
const accountSubject = ({ accountId }: { readonly accountId: number }) => `account ${accountId}`;
/** So does work on phones or codes that share a lock. */
const subjectOf = (key: string) => `lock ${counts.bucketOf(key)}`;

/**
 * The registry in MySQL (8.4 or later) or MariaDB (10.11 or later). The tables are those of
 * `schema/*.sql`; the ports in registry/ say what each method promises.
 *
 * @example
 * const url = 'mysql://hotline:…@127.0.0.1:3306/hotline';
 * const registry = new MysqlRegistry({ url, audit: { key: auditKey, node: 'pbx-1' } });
 * const state = await registry.readReset(resetId);
 * await registry.end();
 */
export class MysqlRegistry
  implements
    Attempts,
    Resets,
    CallRecords,
    CallBackRegister,
    Instances,
    MenuCounts,
    OfficerActs,
    AccountBlocks,
    AccountCodes
{
  readonly #database: Database;
  readonly #readiness: Readiness;
  readonly #limits: Limits;
  readonly #writer: AuditWriter;

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({
    limits = shippedLimits,
    audit,
    ...options
  }: DatabaseOptions & { limits?: Limits; audit: AuditWriter }) {
    this.#database = new Database(options);
    this.#readiness = new Readiness(this.#database);
    this.#limits = limits;
    this.#writer = audit;
  }

  readCodes(code: string): Promise<PersonCodes> {
    return this.#database.run((session) => readCodes(session, code));
  }

  checkAttempt(attempt: KeyedCode): Promise<AttemptAnswer> {
    return this.#database.transaction((session) => counts.checkAttempt(session, attempt, this.#limits), {
      subjects: [attempt.phoneKey, attempt.codeKey].map(subjectOf),
    });
  }

  refundAttempt(attemptId: string): Promise<void> {
    return this.#database.run((session) => counts.refundAttempt(session, attemptId), background);
  }

  prepareReset(reset: PreparedReset): Promise<Preparation> {
    return this.#database.transaction((session) => resets.prepare(session, reset, this.#limits), {
      subjects: [accountSubject(reset)],
    });
  }

  activateReset(activation: Activation): Promise<boolean> {
    return this.#database.transaction((session) => resets.activate(session, activation, this.#writer), {
      lane: 'urgent',
      subjects: [accountSubject(activation)],
    });
  }

  requestCallBack(request: CallBackRequest): Promise<CallBackAnswer> {
    return this.#database.transaction((session) => callBacks.request(session, request), {
      subjects: [accountSubject(request)],
    });
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#database.run((session) => resets.readState(session, resetId), urgent);
  }

  voidReset(resetId: string, reason: string): Promise<void> {
    return this.#database.transaction((session) => resets.voidOne(session, resetId, reason), urgent);
  }

  openCall(opening: CallOpening): Promise<CallAdmission> {
    const phoneKey = counts.placeOf(opening);
    return this.#database.transaction((session) => calls.open(session, opening, this.#limits, this.#writer), {
      subjects: phoneKey === null ? [] : [subjectOf(phoneKey)],
    });
  }

  closeCall(callId: string, closing: CallClosing, missed?: CallOpening): Promise<StandingRow> {
    return this.#database.transaction(
      (session) => calls.close(session, callId, closing, this.#writer, missed),
      background,
    );
  }

  keepSteps(kept: readonly KeptSteps[]): Promise<void> {
    return this.#database.run((session) => callSteps.keep(session, kept), background);
  }

  keepMenuCounts(node: string, counts: readonly MenuCount[]): Promise<void> {
    return this.#database.transaction((session) => menuCounts.keep(session, node, counts), background);
  }

  /** In the lane of background work: an officer waits for it, but callers come first. */
  recordAct(act: OfficerAct): Promise<void> {
    return this.#database.run((session) => recordAct(session, this.#writer, act), background);
  }

  /** In the lane of callers: one of them may be about to get the password. */
  setBlock(change: BlockChange): Promise<BlockAnswer> {
    return this.#database.transaction((session) => blocks.set(session, change, this.#writer));
  }

  readBlock(bhxhCode: string): Promise<AccountBlock | null> {
    return this.#database.run((session) => blocks.read(session, bhxhCode), background);
  }

  async closeInterruptedCalls(instanceId: string, ending: InterruptedEnding): Promise<number> {
    for (let closed = 0; ;) {
      const found = await this.#database.run(
        (session) => calls.findInterrupted(session, instanceId, interruptedAtOnce),
        background,
      );
      // One transaction each: a crash at full load may leave hundreds, too many for one deadline.
      for (const call of found) if (await this.#closeInterrupted(call, ending)) closed++;
      if (found.length < interruptedAtOnce) return closed;
    }
  }

  #closeInterrupted(
    { callId, durationMs }: calls.InterruptedCall,
    ending: InterruptedEnding,
  ): Promise<boolean> {
    return this.#database.transaction(async (session) => {
      if (!(await calls.isInterrupted(session, callId))) return false;
      return (await calls.close(session, callId, { ...ending, durationMs }, this.#writer)).isNew;
    }, background);
  }

  holdNode(instance: Instance): Promise<SeenInstance | null> {
    return this.#database.run((session) => instances.hold(session, instance), urgent);
  }

  readOthers(instanceId: string): Promise<SeenInstance[]> {
    return this.#database.run((session) => instances.readOthers(session, instanceId));
  }

  declareLost(instance: Pick<SeenInstance, 'instanceId' | 'seenAt'>): Promise<void> {
    return this.#database.run((session) => instances.declareLost(session, instance));
  }

  leaveNode(instanceId: string): Promise<void> {
    return this.#database.run((session) => instances.leave(session, instanceId));
  }

  /**
   * Deletes up to `count` attempts that no limit counts any more; returns how many there were. Each
   * call has the usual deadline, so keep `count` small and call again.
   */
  purgeAttempts(count = 500): Promise<number> {
    return this.#database.run((session) => counts.deleteOldAttempts(session, count), background);
  }

  /** Deletes old calls back, like {@link purgeAttempts}. */
  purgeCallBacks(count = 500): Promise<number> {
    return this.#database.run((session) => callBacks.deleteOld(session, count), background);
  }

  /** Deletes old guesses at logins, like {@link purgeAttempts}. */
  purgeLoginGuesses(count = 500): Promise<number> {
    return this.#database.run((session) => loginGuesses.deleteOld(session, count), background);
  }

  /** Deletes resets that were prepared so many days ago, whatever became of them, like {@link purgeAttempts}. */
  purgeResets(days: number, count = 500): Promise<number> {
    return this.#database.run((session) => resets.deleteOld(session, days, count), { lane: 'background' });
  }

  /** Deletes the steps of calls that were kept so many days ago, like {@link purgeAttempts}. */
  purgeSteps(days: number, count = 500): Promise<number> {
    return this.#database.run((session) => callSteps.deleteOld(session, days, count), background);
  }

  /** Deletes old counts of the menu, like {@link purgeAttempts}. */
  purgeMenuCounts(count = 500): Promise<number> {
    return this.#database.run((session) => menuCounts.deleteOld(session, count), background);
  }

  /** Deletes old figures of calls, like {@link purgeAttempts}. */
  purgeCallFigures(count = 500): Promise<number> {
    return this.#database.run((session) => callFigures.deleteOld(session, count), background);
  }

  /** Deletes instances that were lost a day ago, like {@link purgeAttempts}. */
  purgeInstances(count = 500): Promise<number> {
    return this.#database.run((session) => instances.deleteLost(session, count), { lane: 'background' });
  }

  /** For health checks: why no change could be stored now, or null. Asked often, it asks the database seldom. */
  async whyNotReady(): Promise<string | null> {
    const { registry, schema } = await this.checkParts();
    return schema ?? registry;
  }

  /** The same, part by part. */
  checkParts(): Promise<RegistryParts> {
    return this.#readiness.check();
  }

  /** See {@link readUnsealedAge}. */
  readUnsealedAge(): Promise<number> {
    return this.#database.run(readUnsealedAge, background);
  }

  /** Why the database has too few connections for a pool of this size; null: enough. @throws RegistryUnavailable */
  whyShortOfConnections(poolSize: number): Promise<string | null> {
    return this.#database.run((session) => findConnectionShortage(session, poolSize));
  }

  /** Rejects with RegistryUnavailable unless the database answers within the deadline. */
  async ping(): Promise<void> {
    await this.#database.run((session) => session.select('SELECT 1', []));
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await this.#database.end();
  }
}
