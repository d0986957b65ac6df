import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { PoolConnection } from 'mysql2/promise';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { auditedRegistry } from '../../support/engine/audited-calls.ts';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { LossyProxy } from '../../support/machine/lossy-proxy.ts';
import {
  hungUp,
  interrupted,
  newKey,
  type RegistryUnderTest,
} from '../../support/contracts/registry-steps.ts';
import { until } from '../../support/until.ts';

const oldHash = '$argon2id$old';
const keyed = () => ({
  ...{ attemptId: randomUUID(), callId: randomUUID() as string, phoneKey: newKey(), codeKey: newKey() },
  ...{ bhxhCode: '0012345678', phone: '+84912345678' },
});
const closing = { outcome: 'changed', reason: 'second reading begins', durationMs: 1 } as const;

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `faults of ${kind}`, (database) => {
    let proxy: LossyProxy;
    beforeAll(async () => {
      proxy = await LossyProxy.start(database.applicationUrl);
    });
    beforeEach(() => database.owner.clear());
    afterAll(() => proxy?.stop());

    const look = (): RegistryUnderTest => databaseUnderTest(database.openRegistry(), database.owner);

    async function prepared(registry: Registry) {
      const accountId = await database.owner.addAccount({
        bhxhCode: '0012345678',
        phone: '+84912345678',
        passwordHash: oldHash,
      });
      const offer = {
        resetId: randomUUID() as string,
        callId: randomUUID() as string,
        accountId,
        phone: '+84912345678',
        passwordHash: '$argon2id$new',
      };
      await registry.prepareReset({ ...offer, lifetimeMs: 600_000 });
      return { ...offer, activation: { ...offer, passwordValidMs: 0, closing } };
    }

    /** Another transaction, which holds what `sql` locks. */
    async function holding(sql: string, values: unknown[]): Promise<PoolConnection> {
      const other = await database.owner.pool.getConnection();
      await other.beginTransaction();
      await other.query(sql, values);
      return other;
    }

    /** Waits for a statement that contains `text`, and returns the server's thread id of it. */
    async function running(text: string): Promise<number> {
      for (;;) {
        const [row] = await database.application.rows<{ id: number }>(
          'SELECT id AS id FROM information_schema.processlist WHERE info LIKE ? AND id <> CONNECTION_ID()',
          [`%${text}%`],
        );
        if (row) return row.id;
        await pause(10);
      }
    }

    test('an activation whose answer is lost has happened once: reading it back shows it, and repeating it is safe', async () => {
      const registry = database.openRegistry({ url: proxy.url });
      const { activation, accountId, callId, resetId } = await prepared(registry);
      proxy.loseNext('lose-answer');
      await expect(registry.activateReset(activation)).rejects.toThrow(RegistryUnavailable);
      expect(await registry.readReset(resetId)).toBe('activated');
      expect(await registry.activateReset(activation)).toBe(true);
      expect(await look().readAccount(accountId)).toMatchObject({ passwordHash: '$argon2id$new' });
      expect(await look().auditRows(callId)).toHaveLength(1);
      expect(await look().notifications(resetId)).toBe(1);
    });

    test('an activation whose COMMIT is lost has not happened, and can be voided', async () => {
      const registry = database.openRegistry({ url: proxy.url });
      const { activation, accountId, callId, resetId } = await prepared(registry);
      proxy.loseNext('lose-commit');
      await expect(registry.activateReset(activation)).rejects.toThrow(RegistryUnavailable);
      await registry.voidReset(resetId, 'no answer');
      expect(await registry.readReset(resetId)).toBe('voided');
      expect(await look().readAccount(accountId)).toMatchObject({ passwordHash: oldHash });
      expect(await look().auditRows(callId)).toEqual([]);
    });

    test('an activation whose connection is killed between two statements leaves nothing behind and can be repeated', async () => {
      const registry = database.openRegistry();
      const { activation, accountId } = await prepared(registry);
      const other = await holding('SELECT id FROM resets WHERE id = ? FOR UPDATE', [activation.resetId]);
      const outcome = expect(registry.activateReset(activation)).rejects.toThrow(RegistryUnavailable);
      await database.application.pool.query(`KILL ${await running('UPDATE accounts STRAIGHT_JOIN')}`);
      await outcome;
      await other.rollback();
      other.release();
      expect(await look().readAccount(accountId)).toMatchObject({ passwordHash: oldHash });
      expect(await registry.activateReset(activation)).toBe(true);
    });

    test('an activation waits for an import that is moving its account to another phone, and is refused', async () => {
      const registry = database.openRegistry();
      const { activation, accountId, resetId } = await prepared(registry);
      const importing = await holding('UPDATE accounts SET phone = ? WHERE id = ?', [
        '+84987654321',
        accountId,
      ]);
      const activated = registry.activateReset(activation);
      await running('UPDATE accounts STRAIGHT_JOIN');
      await importing.commit();
      importing.release();
      expect(await activated).toBe(false);
      expect(await look().readAccount(accountId)).toMatchObject({ passwordHash: oldHash });
      expect(await registry.readReset(resetId)).toBe('prepared');
    });

    test('an activation that loses a deadlock is run again and succeeds', async () => {
      const registry = database.openRegistry();
      const { activation, accountId, callId, resetId } = await prepared(registry);
      // Locks in the opposite order, and has changed more rows, so it is not the victim.
      const other = await holding(`UPDATE resets SET reason = 'locked' WHERE id = ?`, [resetId]);
      for (const id of ['1', '2', '3'])
        await other.query(
          `INSERT INTO calls (call_id, instance_id, channel_id, node, masked_phone, opened_at) VALUES (?, '', '', '', '', UTC_TIMESTAMP(3))`,
          [id],
        );
      const activated = registry.activateReset(activation);
      await running('UPDATE accounts STRAIGHT_JOIN');
      await other.query('SELECT id FROM accounts WHERE id = ? FOR UPDATE', [accountId]);
      await other.rollback();
      other.release();
      expect(await activated).toBe(true);
      expect(await look().auditRows(callId)).toHaveLength(1);
    });

    test('a row that another transaction keeps locked delays no caller beyond the deadline', async () => {
      const registry = database.openRegistry({ deadlineMs: 300 });
      const { activation } = await prepared(database.openRegistry());
      const other = await holding('SELECT id FROM resets WHERE id = ? FOR UPDATE', [activation.resetId]);
      await expect(registry.activateReset(activation)).rejects.toThrow('did not answer within 300 ms');
      await other.rollback();
      other.release();
      expect(await database.openRegistry().activateReset(activation)).toBe(true);
    });

    test('callers who wait for one account, or for the lock of one phone, leave the connections to others', async () => {
      const registry = database.openRegistry({ deadlineMs: 2000, poolSize: 2 });
      const { activation } = await prepared(database.openRegistry());
      const hotPhone = { ...keyed(), phoneKey: 'a'.repeat(64) };
      const work: [lock: string, hot: () => Promise<unknown>][] = [
        [
          `SELECT id FROM accounts WHERE id = ${activation.accountId} FOR UPDATE`,
          () => registry.prepareReset({ ...activation, resetId: randomUUID(), lifetimeMs: 1 }),
        ],
        [
          'UPDATE limit_locks SET turns = turns + 1 WHERE bucket = 0xaaa',
          () => registry.checkAttempt({ ...hotPhone, attemptId: randomUUID() }),
        ],
      ];
      for (const [lock, hot] of work) {
        const other = await holding(lock, []);
        const waiting = Promise.allSettled(Array.from({ length: 6 }, hot));
        const [phoneKey, codeKey] = ['b'.repeat(64), 'c'.repeat(64)];
        expect(await registry.checkAttempt({ ...keyed(), phoneKey, codeKey })).toMatchObject({
          admission: 'admitted',
        });
        await other.rollback();
        other.release();
        await waiting;
      }
    });

    test('every method gives up on a frozen database at the deadline, and works again afterwards', async () => {
      const registry = database.openRegistry({ deadlineMs: 500, poolSize: 3 });
      const { activation, resetId, callId, accountId } = await prepared(database.openRegistry());
      const stopping = database.openRegistry({ deadlineMs: 500 });
      await Promise.all([registry.ping(), stopping.ping()]);
      await database.pause();
      try {
        const opening = {
          callId: randomUUID(),
          instanceId: randomUUID(),
          channelId: '1',
          maskedPhone: '',
          phoneKey: 'a'.repeat(64),
        };
        const calls = [
          () => registry.prepareReset({ ...activation, resetId: randomUUID(), lifetimeMs: 1 }),
          () => registry.checkAttempt(keyed()),
          () => registry.refundAttempt(randomUUID()),
          () => registry.activateReset(activation),
          () => registry.readReset(resetId),
          () => registry.voidReset(resetId, 'x'),
          () => registry.openCall(opening),
          () => registry.closeCall(callId, hungUp),
          () => registry.closeInterruptedCalls(randomUUID(), interrupted),
          () => registry.holdNode({ instanceId: randomUUID(), node: 'pbx-1', process: '' }),
          () => registry.ping(),
        ];
        for (let round = 0; round < 2; round++) {
          const results = await Promise.allSettled(calls.map((call) => call()));
          expect(
            results.map(
              (result) => result.status === 'rejected' && result.reason instanceof RegistryUnavailable,
            ),
          ).toEqual(calls.map(() => true));
        }
        await stopping.end();
      } finally {
        await database.resume();
      }
      await answersAgain(registry);
      expect(await registry.checkAttempt(keyed())).toEqual({ admission: 'admitted', accountId });
    }, 60_000);

    test('what was acknowledged survives kill -9 of the database, and the registry reconnects by itself', async () => {
      const registry = database.openRegistry({ deadlineMs: 2000 });
      const { activation, accountId } = await prepared(registry);
      expect(await registry.activateReset(activation)).toBe(true);
      await database.kill();
      await expect(registry.ping()).rejects.toThrow(RegistryUnavailable);
      await database.restart();
      await answersAgain(registry);
      expect(await registry.activateReset(activation)).toBe(true);
      expect(await look().readAccount(accountId)).toMatchObject({
        passwordHash: '$argon2id$new',
        mustChange: true,
      });
    }, 120_000);

    test('a caller waits for a free connection no longer than the deadline', async () => {
      const registry = database.openRegistry({ deadlineMs: 500, poolSize: 1 });
      const { activation } = await prepared(database.openRegistry());
      const other = await holding('SELECT id FROM resets WHERE id = ? FOR UPDATE', [activation.resetId]);
      const results = await Promise.allSettled([
        registry.activateReset(activation),
        registry.ping(),
        registry.ping(),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
      await other.rollback();
      other.release();
      await answersAgain(registry);
    });

    test('no error carries a code, a phone number or a hash', async () => {
      const registry = database.openRegistry();
      const { activation } = await prepared(registry);
      const secret = { ...activation, passwordHash: '$argon2id$secret', lifetimeMs: 1 };
      const errors = await Promise.all(
        [
          registry.prepareReset(secret),
          registry.prepareReset({ ...secret, phone: '+８４912345678' }),
          registry.checkAttempt({ ...keyed(), callId: '００１２３４５６７８' }),
        ].map((call) =>
          call.then(
            () => null,
            (error: unknown) => error,
          ),
        ),
      );
      for (const error of errors) {
        expect(error).toBeInstanceOf(RegistryUnavailable);
        expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(
          /secret|００|912345678|INSERT|SELECT/,
        );
      }
    });
  });
}

test('a missing database is reported as unavailable', async () => {
  const registry = auditedRegistry('mysql://hotline:pass@127.0.0.1:1/hotline');
  await expect(registry.checkAttempt(keyed())).rejects.toThrow(RegistryUnavailable);
  await registry.end();
});

/** Waits until the registry works again: connections that a fault broke take a moment to be replaced. */
function answersAgain(registry: MysqlRegistry): Promise<void> {
  const isThere = () =>
    registry.ping().then(
      () => true,
      () => false,
    );
  return until(isThere);
}
