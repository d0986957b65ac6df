import { shippedLimits, type Limits } from '../../accounts/limits.ts';
import type { AccountId, Accounts } from '../../registry/accounts.ts';
import type { Activation, Preparation, PreparedReset, ResetState, Resets } from '../../registry/resets.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  InterruptedEnding,
  CallRecords,
  TerminalRow,
} from '../../registry/call-records.ts';
import type { AttemptAdmission, AttemptCharge, Attempts } from '../../registry/attempts.ts';
import type { Instance, Instances, SeenInstance } from '../../registry/instances.ts';
import type { AuditWriter } from '../audit/audit-log.ts';
import type { CallBackRegister, CallBackRequest } from '../../registry/call-backs.ts';
import * as callBacks from './call-backs.ts';
import * as calls from './calls.ts';
import { Database, type DatabaseOptions } from '../database/database.ts';
import * as instances from './instances.ts';
import * as counts from './limits.ts';
import { Readiness } from './readiness.ts';
import * as resets from './resets.ts';

/** Calls of lost instances that are looked for at once. */
const interruptedAtOnce = 100;

/**
 * The registry in MySQL (8.4 or later) or MariaDB (10.11 or later). The tables are those of
 * `schema/001.do.schema.sql`; the ports in registry/ say what each method promises.
 *
 * @example
 * const url = 'mysql://hotline:…@127.0.0.1:3306/hotline';
 * const registry = new MysqlRegistry({ url, audit: { key: auditKey, node: 'pbx-1' } });
 * const account = await registry.findAccount('0123456789', '+84912345678');
 * await registry.end();
 */
export class MysqlRegistry implements Accounts, Attempts, Resets, CallRecords, CallBackRegister, Instances {
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

  async findAccount(bhxhCode: string, phone: string): Promise<AccountId | null> {
    const [account] = await this.#database.run((session) =>
      session.select<{ id: AccountId }>('SELECT id FROM accounts WHERE bhxh_code = ? AND phone = ?', [
        bhxhCode,
        phone,
      ]),
    );
    return account?.id ?? null;
  }

  chargeAttempt(charge: AttemptCharge): Promise<AttemptAdmission> {
    return this.#database.transaction((session) => counts.chargeAttempt(session, charge, this.#limits));
  }

  settleAttempt(attemptId: string, result: 'match' | 'mismatch'): Promise<void> {
    return this.#database.run((session) => counts.settleAttempt(session, attemptId, result === 'match'));
  }

  refundAttempt(attemptId: string): Promise<void> {
    return this.settleAttempt(attemptId, 'match');
  }

  prepareReset(reset: PreparedReset): Promise<Preparation> {
    return this.#database.transaction((session) => resets.prepare(session, reset, this.#limits));
  }

  activateReset(activation: Activation): Promise<boolean> {
    return this.#database.transaction((session) => resets.activate(session, activation, this.#writer));
  }

  requestCallBack(request: CallBackRequest): Promise<string | null> {
    return this.#database.transaction((session) => callBacks.request(session, request));
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#database.run((session) => resets.readState(session, resetId));
  }

  voidReset(resetId: string, reason: string): Promise<void> {
    return this.#database.transaction((session) => resets.voidOne(session, resetId, reason));
  }

  openCall(opening: CallOpening): Promise<CallAdmission> {
    return this.#database.transaction((session) => calls.open(session, opening, this.#limits, this.#writer));
  }

  closeCall(callId: string, closing: CallClosing, missed?: CallOpening): Promise<TerminalRow> {
    return this.#database.transaction((session) =>
      calls.close(session, callId, closing, this.#writer, missed),
    );
  }

  async closeInterruptedCalls(instanceId: string, ending: InterruptedEnding): Promise<number> {
    for (let closed = 0; ;) {
      const found = await this.#database.run((session) =>
        calls.findInterrupted(session, instanceId, interruptedAtOnce),
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
      await calls.close(session, callId, { ...ending, durationMs }, this.#writer);
      return true;
    });
  }

  holdNode(instance: Instance): Promise<SeenInstance | null> {
    return this.#database.run((session) => instances.hold(session, instance));
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
    return this.#database.run((session) => counts.deleteOldAttempts(session, count));
  }

  /** Deletes old calls back, like {@link purgeAttempts}. */
  purgeCallBacks(count = 500): Promise<number> {
    return this.#database.run((session) => callBacks.deleteOld(session, count));
  }

  /** For health checks: why no change could be stored now, or null. Asked often, it asks the database seldom. */
  whyNotReady(): Promise<string | null> {
    return this.#readiness.check();
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
