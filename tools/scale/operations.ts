/** What a call and the application's background ask of the registry, one thing after the other, each timed. */
import { randomUUID } from 'node:crypto';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import { AuditSealer } from '../../src/mysql/audit/audit-sealer.ts';
import { unusablePasswordHash } from '../../src/mysql/import/unusable-password.ts';
import type { MysqlRegistry } from '../../src/mysql/registry/mysql-registry.ts';
import {
  auditedRegistry,
  auditKey,
  hashKey,
  livingInstance,
} from '../../tests/support/engine/audited-calls.ts';
import { personOf, type Person } from './people.ts';
import type { Schema } from './server.ts';

/** What is timed, in the order of a table. */
export const operations = {
  open: 'a call begins',
  mismatch: 'a code that does not match',
  match: 'a code that matches',
  personalId: 'whose personal ID it is',
  prepare: 'a reset is prepared',
  activate: 'a reset is activated',
  close: 'a call ends without one',
  seal: 'new rows are sealed',
  start: 'all that a start asks',
} as const;
export type Operation = keyof typeof operations;

/** Runs the work, and takes its time under this name. */
export type Timed = <T>(operation: Operation, work: () => Promise<T>) => Promise<T>;

const lifetimeMs = 300_000;

/** One who calls, and an id of nobody's account, whose code they key first. */
interface Caller {
  readonly person: Person;
  readonly wrong: Person;
  readonly callIds: readonly [string, string];
  readonly resetId: string;
}

/** Callers of a schema. */
export class Callers {
  readonly #schema: Schema;
  readonly #registry: MysqlRegistry;
  readonly #sealer: AuditSealer;
  #instanceId = '';

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#registry = auditedRegistry(schema.applicationUrl, { poolSize: 2 });
    this.#sealer = new AuditSealer({ url: schema.applicationUrl, key: auditKey });
  }

  /** @param id of an account that has not called yet */
  callerOf(id: number): Caller {
    return {
      person: personOf(id),
      wrong: personOf(this.#schema.accounts + id),
      callIds: [randomUUID(), randomUUID()],
      resetId: randomUUID(),
    };
  }

  /** The lease of the process, as often as it is renewed. */
  async holdLease(): Promise<void> {
    if (this.#instanceId === '') this.#instanceId = await livingInstance(this.#registry);
    else await this.#registry.holdNode({ instanceId: this.#instanceId, node: `node-${this.#instanceId}`, process: '' }); // prettier-ignore
  }

  /** Two calls: one is served at the second code, the caller of the other gives up. Then their rows are sealed. */
  async call(caller: Caller, timed: Timed): Promise<void> {
    const [first, second] = caller.callIds;
    await this.#open(first, caller, timed);
    await this.#check('mismatch', first, caller.person, caller.wrong, timed);
    const accountId = await this.#check('match', first, caller.person, caller.person, timed);
    if (accountId === null) throw new Error(`account ${caller.person.id} was not found`);
    await this.#reset(first, caller, accountId, timed);
    await timed('personalId', () => this.#registry.readCodes(caller.person.personalId));
    await this.#open(second, caller, timed);
    await this.#check('mismatch', second, caller.person, caller.wrong, timed);
    const closing = { outcome: 'hung-up', reason: 'at the second code', durationMs: 20_000 } as const;
    await timed('close', () => this.#registry.closeCall(second, closing));
    const batches = await timed('seal', () => this.#sealer.sealMore());
    const rows = batches.reduce((sum, batch) => sum + batch.rows, 0);
    if (rows !== 2) throw new Error(`2 rows were to be sealed, not ${rows}`);
  }

  async #open(callId: string, { person }: Caller, timed: Timed): Promise<void> {
    const admission = await timed('open', () =>
      this.#registry.openCall({
        ...{ callId, instanceId: this.#instanceId, channelId: '1763800000.7', branch: 'reset' },
        ...{ maskedPhone: '+84***5678', phoneKey: keyOf('phone', person.phone), identity: 'asserted' },
      }),
    );
    if (admission !== 'admitted') throw new Error(`a call of ${person.id} was not admitted: ${admission}`);
  }

  async #check(
    operation: 'mismatch' | 'match',
    callId: string,
    { phone }: Person,
    { bhxhCode }: Person,
    timed: Timed,
  ): Promise<number | null> {
    const attempt = { attemptId: randomUUID(), callId, bhxhCode, phone };
    const keys = { phoneKey: keyOf('phone', phone), codeKey: keyOf('code', bhxhCode) };
    const answer = await timed(operation, () => this.#registry.checkAttempt({ ...attempt, ...keys }));
    if (answer.admission !== 'admitted') throw new Error(`an attempt was not admitted: ${answer.admission}`);
    return answer.accountId;
  }

  async #reset(callId: string, { person, resetId }: Caller, accountId: number, timed: Timed): Promise<void> {
    const offer = { resetId, callId, accountId, phone: person.phone };
    const preparation = await timed('prepare', () => this.#registry.prepareReset({ ...offer, lifetimeMs }));
    if (preparation !== 'prepared') throw new Error(`a reset was not prepared: ${preparation}`);
    const closing = { outcome: 'changed', reason: 'heard, then stored', durationMs: 41_000 } as const;
    const activation = { ...offer, passwordHash: unusablePasswordHash, passwordValidMs: 600_000, closing };
    if (!(await timed('activate', () => this.#registry.activateReset(activation))))
      throw new Error(`the reset of ${person.id} was not activated`);
  }

  /** What `hotline serve` asks before it takes calls, and at once afterwards, on new connections. */
  async start(timed: Timed): Promise<void> {
    await timed('start', async () => {
      const registry = auditedRegistry(this.#schema.applicationUrl);
      const sealer = new AuditSealer({ url: this.#schema.applicationUrl, key: auditKey });
      const instanceId = await livingInstance(registry);
      await registry.readOthers(instanceId);
      await registry.closeInterruptedCalls(instanceId, { outcome: 'interrupted', reason: 'it was lost' });
      const fault = await registry.whyNotReady();
      if (fault !== null) throw new Error(fault);
      await registry.whyShortOfConnections(10);
      await registry.readUnsealedAge();
      await sealer.sealMore();
      await registry.purgeAttempts();
      await registry.purgeResets(90);
      await registry.purgeCallBacks();
      await registry.purgeSteps(30);
      await registry.leaveNode(instanceId);
      await Promise.all([registry.end(), sealer.end()]);
    });
  }

  async end(): Promise<void> {
    await Promise.all([this.#registry.end(), this.#sealer.end()]);
  }
}

const keyOf = (kind: 'phone' | 'code', value: string) => subjectKey(hashKey, kind, value);

/** Reads the pages that the caller's calls will read or write, as if others had needed them just now. */
export async function readPagesOf(
  { person, wrong, callIds, resetId }: Caller,
  owner: Connection,
): Promise<void> {
  const hashes = (kind: 'phone' | 'code', value: string) => Buffer.from(keyOf(kind, value), 'hex');
  const accounts = 'SELECT id, LENGTH(password_hash) FROM accounts WHERE bhxh_code IN (?, ?)';
  const [[account]] = await owner.query<RowDataPacket[]>(accounts, [person.bhxhCode, wrong.bhxhCode]);
  const id: unknown = account?.['id'];
  const reads: readonly [string, unknown[]][] = [
    ['SELECT account_id FROM account_codes WHERE code = ?', [person.personalId]],
    ['SELECT code FROM account_codes WHERE account_id = ?', [id]],
    ['SELECT id FROM audit_log WHERE call_id IN (?, ?)', [...callIds]],
    ['SELECT COUNT(*) FROM audit_log WHERE phone_key = ?', [hashes('phone', person.phone)]],
    ['SELECT COUNT(*) FROM audit_log WHERE code_key IN (?, ?)', [person, wrong].map(({ bhxhCode }) => hashes('code', bhxhCode))], // prettier-ignore
    ['SELECT state FROM resets WHERE id = ?', [resetId]],
    ['SELECT COUNT(*) FROM resets WHERE call_id IN (?, ?)', [...callIds]],
    ['SELECT COUNT(*) FROM resets WHERE account_id = ?', [id]],
  ];
  for (const [sql, values] of reads) await owner.query(sql, values);
}
