import type { AccountId, Activation, CallClosing, CallOpening, PreparedReset, Registry, ResetState } from '../accounts/registry.ts';
import * as calls from './calls.ts';
import { Database, type DatabaseOptions } from './database.ts';
import * as resets from './resets.ts';

/**
 * The registry in MySQL (8.4 or later) or MariaDB (10.11 or later). The tables are those of
 * `migrations/`; {@link Registry} says what each method promises.
 *
 * @example
 * const registry = new MysqlRegistry({ url: 'mysql://hotline:…@127.0.0.1:3306/hotline' });
 * const account = await registry.findAccount('0123456789', '+84912345678');
 * await registry.end();
 */
export class MysqlRegistry implements Registry {
  readonly #database: Database;

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor(options: DatabaseOptions) {
    this.#database = new Database(options);
  }

  async findAccount(bhxhCode: string, phone: string): Promise<AccountId | null> {
    const [account] = await this.#database.run((session) =>
      session.select<{ id: AccountId }>('SELECT id FROM accounts WHERE bhxh_code = ? AND phone = ?', [bhxhCode, phone]),
    );
    return account?.id ?? null;
  }

  prepareReset(reset: PreparedReset): Promise<void> {
    return this.#database.transaction((session) => resets.prepare(session, reset));
  }

  activateReset(activation: Activation): Promise<boolean> {
    return this.#database.transaction((session) => resets.activate(session, activation));
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#database.run((session) => resets.readState(session, resetId));
  }

  voidReset(resetId: string, reason: string): Promise<void> {
    return this.#database.transaction((session) => resets.voidOne(session, resetId, reason));
  }

  openCall(opening: CallOpening): Promise<'open' | 'ended'> {
    return this.#database.transaction((session) => calls.open(session, opening));
  }

  closeCall(callId: string, closing: CallClosing): Promise<void> {
    return this.#database.transaction((session) => calls.close(session, callId, closing));
  }

  async closeInterruptedCalls(instanceId: string): Promise<number> {
    const interrupted = await this.#database.run((session) => calls.openOfOthers(session, instanceId));
    // One transaction each: after a crash at full load there may be hundreds, and one deadline
    // over them all might never be met.
    for (const { callId, durationMs } of interrupted) {
      await this.closeCall(callId, { outcome: 'interrupted', reason: 'the application ended during the call', durationMs });
    }
    return interrupted.length;
  }

  /** Whether the database answers within the deadline. Rejects with RegistryUnavailable if not. For health checks. */
  async ping(): Promise<void> {
    await this.#database.run((session) => session.select('SELECT 1', []));
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await this.#database.end();
  }
}
