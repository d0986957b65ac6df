import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from 'winston';
import { MysqlOutbox, type Notification } from '../../src/mysql/outbox.ts';
import { deliverNotifications, type NotifierOptions } from '../../src/notifications/notifier.ts';
import { databaseKinds } from '../support/engine/databases.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { LossyProxy } from '../support/machine/lossy-proxy.ts';
import { until } from '../support/until.ts';

const secret = 'a secret of the gateway';

/** A gateway that keeps what it gets and gives the answers it is set to. */
class Gateway {
  readonly got: { id: string; to: string; text: string }[] = [];
  readonly statuses: number[] = [];
  /** The answer once `statuses` is empty. */
  usual = 202;
  /** Ids of messages that get 500 whatever the others get. */
  readonly refused = new Set<string>();
  /** Runs when a message has arrived, before it is answered. */
  onMessage: () => void | Promise<void> = () => undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void text(request).then(async (body) => {
        const message = JSON.parse(body) as Gateway['got'][number];
        this.got.push(message);
        await this.onMessage();
        response.writeHead(this.refused.has(message.id) ? 500 : (this.statuses.shift() ?? this.usual)).end();
      });
    });
  }

  static async start(): Promise<Gateway> {
    const gateway = new Gateway();
    await new Promise<void>((resolve) => gateway.#server.listen(0, '127.0.0.1', resolve));
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/sms`;
  }

  stop(): void {
    this.#server.close().closeAllConnections();
  }
}

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `notifications in ${kind}`, (database) => {
    let outbox: MysqlOutbox;
    let gateway: Gateway;
    const workers: { stop: AbortController; done: Promise<void> }[] = [];
    beforeAll(() => {
      outbox = database.endLater(
        new MysqlOutbox({ url: database.applicationUrl, deadlineMs: 20_000, maxAgeHours: 72 }),
      );
    });
    beforeEach(async () => {
      await database.owner.clear();
      gateway = await Gateway.start();
    });
    afterEach(async () => {
      for (const { stop } of workers) stop.abort();
      await Promise.all(workers.splice(0).map(({ done }) => done));
      gateway.stop();
    });

    /** Makes an account and this many resets of it that its owner is to be told of. */
    async function resets(count = 1): Promise<string[]> {
      const accountId = await database.owner.addAccount({
        bhxhCode: '0012345678',
        phone: '+84912345678',
        passwordHash: '$argon2id$old',
      });
      const ids = Array.from({ length: count }, () => randomUUID() as string);
      for (const id of ids) {
        await database.owner.pool.query(
          `INSERT INTO notification_outbox (reset_id, account_id, kind, created_at) VALUES (?, ?, 'password-changed', UTC_TIMESTAMP(3))`,
          [id, accountId],
        );
      }
      return ids;
    }

    function work(options: Partial<NotifierOptions> = {}): void {
      const stop = new AbortController();
      const logger = createLogger({ silent: true });
      const settings = {
        outbox,
        gateway: { url: gateway.url, secret, deadlineMs: 20_000 },
        logger,
        maxAttempts: 20,
        idleMs: 20,
        probeMs: 5,
        ...options,
      };
      workers.push({ stop, done: deliverNotifications(settings, stop.signal) });
    }

    const settling: Pick<NotifierOptions['outbox'], 'markDelivered' | 'markFailed'> = {
      markDelivered: (notification) => outbox.markDelivered(notification),
      markFailed: (...why) => outbox.markFailed(...why),
    };
    const allDelivered = async () => (await outbox.count()).waiting === 0;
    /** Makes everything due now. */
    const timePasses = () =>
      database.owner.pool.query(`UPDATE notification_outbox SET next_attempt_at = '2000-01-01'`);
    /** Makes failed messages due now, but not those under way, whose claims last longer. */
    const retriesCome = () =>
      database.owner.pool.query(
        `UPDATE notification_outbox SET next_attempt_at = '2000-01-01' WHERE last_failure <> '' AND next_attempt_at < UTC_TIMESTAMP(3) + INTERVAL 25 SECOND`,
      );

    test('three workers tell the owner of every reset once', async () => {
      const ids = await resets(50);
      for (let worker = 0; worker < 3; worker++) work();
      await until(allDelivered);
      expect(gateway.got.map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(gateway.got[0]).toMatchObject({
        to: '+84912345678',
        text: expect.stringMatching(/^Mật khẩu VssID của quý khách vừa được cấp lại lúc \d\d:\d\d ngày/),
      });
    });

    test('a gateway that fails twice is tried a third time, after longer pauses, and the row says why', async () => {
      const [id] = await resets();
      gateway.statuses.push(500, 429);
      work();
      for (const failure of ['the gateway answered 500', 'the gateway answered 429']) {
        const waits = async () =>
          (
            await database.owner.rows<{ n: number }>(
              'SELECT COUNT(*) AS n FROM notification_outbox WHERE last_failure = ? AND next_attempt_at > UTC_TIMESTAMP(3)',
              [failure],
            )
          )[0]!.n === 1;
        await until(waits);
        await timePasses();
      }
      await until(allDelivered);
      expect(gateway.got.map((message) => message.id)).toEqual([id, id, id]);
    });

    test('after the last attempt, or a final refusal, a message is dead and stays visible until an admin has it sent again', async () => {
      await resets(2);
      gateway.statuses.push(500, 202);
      work({ maxAttempts: 1 });
      await until(async () => (await outbox.count()).dead === 1);
      expect(await outbox.readDead()).toMatchObject([
        { attempts: 1, lastFailure: 'the gateway answered 500' },
      ]);
      gateway.statuses.push(422);
      expect(await outbox.retryDead()).toBe(1);
      await until(async () => (await outbox.readDead())[0]?.lastFailure === 'the gateway answered 422');
      expect(await outbox.retryDead()).toBe(1);
      await until(
        async () =>
          (await database.owner.rows('SELECT id FROM notification_outbox WHERE delivered_at IS NOT NULL'))
            .length === 2,
      );
      expect(await outbox.count()).toEqual({ waiting: 0, dead: 0, oldestWaitingMs: 0 });
    });

    test('a gateway that takes nothing is tried with one message at a time, and no message pays for the outage', async () => {
      const ids = await resets(30);
      await database.owner.pool.query(
        'UPDATE notification_outbox SET created_at = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR',
      );
      const claims: number[] = [];
      const claim: MysqlOutbox['claim'] = async (...how) => {
        const claimed = await outbox.claim(...how);
        if (claimed.length > 0) claims.push(claimed.length);
        return claimed;
      };
      work({ maxAttempts: 2, outbox: { ...settling, claim } });
      for (const status of [401, 504]) {
        gateway.usual = status;
        const before = claims.length;
        await until(async () => (await retriesCome(), claims.length >= before + 6));
      }
      const [first, ...probes] = claims;
      expect(first).toBeGreaterThan(1); // 10, less those that retriesCome() has locked at that moment
      expect(new Set(probes)).toEqual(new Set([1]));
      expect(await outbox.count()).toMatchObject({ waiting: 30, dead: 0 });
      expect(await database.owner.rows('SELECT MAX(failures) AS most FROM notification_outbox')).toEqual([
        { most: 0 },
      ]);
      gateway.usual = 202;
      await until(async () => (await timePasses(), await allDelivered()));
      expect(await outbox.count()).toMatchObject({ waiting: 0, dead: 0 });
      expect(new Set(gateway.got.map(({ id }) => id))).toEqual(new Set(ids));
    });

    test('a message that the gateway does not take while it takes others has only so many attempts', async () => {
      const [bad, , later] = await resets(3);
      gateway.refused.add(bad!);
      await database.owner.pool.query(
        `UPDATE notification_outbox SET next_attempt_at = '2100-01-01' WHERE reset_id = ?`,
        [later],
      );
      work({ maxAttempts: 2 });
      await until(async () => (await outbox.count()).waiting === 2 && gateway.got.length === 2);
      await until(
        async () =>
          (await database.owner.rows('SELECT 1 FROM notification_outbox WHERE failures = 1')).length === 1,
      );
      await timePasses();
      await until(allDelivered);
      const [dead] = await outbox.readDead();
      expect(dead).toMatchObject({ resetId: bad, attempts: 2 });
      expect(Date.now() - dead!.createdAt.getTime()).toBeLessThan(60_000);
    });

    test('rows are counted up to a thousand, however many wait', async () => {
      const [id] = await resets();
      await database.owner.pool.query(
        `INSERT INTO notification_outbox (reset_id, account_id, kind, created_at, dead_at)
         SELECT UUID(), account_id, kind, created_at, IF(bucket % 2 = 0, created_at, NULL) FROM notification_outbox, limit_locks WHERE reset_id = ?`,
        [id],
      );
      expect(await outbox.count()).toMatchObject({ waiting: 1000, dead: 1000 });
    });

    test('when a worker is killed after sending and before recording it, another sends the same key again and nothing is lost', async () => {
      const [id] = await resets();
      const program = join(import.meta.dirname, '../support/engine/notifier-process.ts');
      const worker = spawn(process.execPath, [program, database.applicationUrl, gateway.url, secret], {
        stdio: 'ignore',
      });
      gateway.onMessage = async () => {
        gateway.onMessage = () => undefined;
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      };
      await once(worker, 'exit');
      expect(await outbox.count()).toMatchObject({ waiting: 1, dead: 0 });
      work();
      await timePasses(); // the dead worker's claim runs out
      await until(allDelivered);
      expect(gateway.got.map((message) => message.id)).toEqual([id, id]);
    });

    test('when a worker is killed between its claim and its request, another sends the message once', async () => {
      const [id] = await resets();
      const proxy = await LossyProxy.start(database.applicationUrl);
      const program = join(import.meta.dirname, '../support/engine/notifier-process.ts');
      const ended = proxy.holdNext('AS outboxId', async () => {
        worker.kill('SIGKILL');
        await once(worker, 'exit');
      });
      const worker = spawn(process.execPath, [program, proxy.url, gateway.url, secret], { stdio: 'ignore' });
      await ended;
      await proxy.stop();
      expect(gateway.got).toEqual([]);
      expect(await database.owner.rows('SELECT attempts, delivered_at FROM notification_outbox')).toEqual([
        { attempts: 1, delivered_at: null },
      ]);
      work();
      await timePasses(); // the dead worker's claim runs out
      await until(allDelivered);
      expect(gateway.got.map((message) => message.id)).toEqual([id]);
    });

    test("when the database is killed before the gateway's answer is recorded, the same key is sent again and nothing is lost", async () => {
      const [id] = await resets();
      gateway.onMessage = () => {
        gateway.onMessage = () => undefined;
        return database.kill();
      };
      const { promise: marking, resolve } = Promise.withResolvers<Promise<void>>();
      const delivered = (notification: Notification) => {
        const marked = outbox.markDelivered(notification);
        resolve(marked);
        return marked;
      };
      work({
        outbox: { ...settling, claim: (...how) => outbox.claim(...how), markDelivered: delivered },
      });
      await expect(marking).rejects.toThrow('the registry');
      await database.restart();
      expect(await outbox.count()).toMatchObject({ waiting: 1, dead: 0 });
      await timePasses(); // the claim runs out
      await until(allDelivered);
      expect(gateway.got.map((message) => message.id)).toEqual([id, id]);
    });

    test('a claim keeps other workers off until it expires; a worker that was too slow cannot settle what another has claimed', async () => {
      await resets();
      const [slow] = await outbox.claim(60_000);
      expect(await outbox.claim(60_000)).toEqual([]);
      await timePasses();
      const [quick] = await outbox.claim(60_000);
      expect([slow!.attempt, quick!.attempt]).toEqual([1, 2]);
      await outbox.markFailed(slow!, 'too late', null);
      expect(await outbox.count()).toMatchObject({ waiting: 1, dead: 0 });
      await outbox.markDelivered(quick!);
      await outbox.markFailed(slow!, 'too late', null);
      expect(await outbox.count()).toMatchObject({ waiting: 0, dead: 0 });
    });

    test('a worker goes on when a lost database is back', async () => {
      await resets();
      await database.kill();
      work();
      await database.restart();
      await until(() => allDelivered().catch(() => false));
      expect(gateway.got).toHaveLength(1);
    });
  });
}
