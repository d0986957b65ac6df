/** What the owners of accounts are to be told. The activation of a reset (registry/resets.ts) writes the rows. */
import { clip } from './audit/audit-log.ts';
import { Database, type DatabaseOptions } from './database/database.ts';
import { msSince1970 } from './database/epoch.ts';
import type { Session } from './database/session.ts';

/** Claimed by one worker and sent side by side, so it also bounds the requests to the gateway. */
export const batchRows = 10;
/** Rows are counted up to this number, so that a status never costs a scan. */
export const mostCounted = 1000;
const inMs = 'UTC_TIMESTAMP(3) + INTERVAL (? * 1000) MICROSECOND';
const isWaiting = 'delivered_at IS NULL AND dead_at IS NULL';
const isDead = 'delivered_at IS NULL AND dead_at IS NOT NULL';
const hoursAgo = 'UTC_TIMESTAMP(3) - INTERVAL ? HOUR';

/** One message to one owner, claimed by this process for one attempt. */
export interface Notification {
  readonly outboxId: number;
  /** The idempotency key: the same for every attempt. UUID, no secret. */
  readonly resetId: string;
  /** E.164, as the registry has it now. In memory only; never logged. */
  readonly phone: string;
  /** When the password changed, ms since the epoch, by the database's clock. */
  readonly changedAtMs: number;
  /** This attempt's number, from 1. */
  readonly attempt: number;
  /** Failed attempts before this one that count. */
  readonly failures: number;
}

/** What is in the outbox, each number up to {@link mostCounted}, which means "or more". */
export interface OutboxCounts {
  readonly waiting: number;
  readonly dead: number;
  /** Age of the oldest waiting row, ms; 0 without one. */
  readonly oldestWaitingMs: number;
}

/** A row that could not be delivered, as an admin sees it. */
export interface DeadNotification {
  readonly resetId: string;
  /** E.164; to be masked before it is shown. */
  readonly phone: string;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly lastFailure: string;
}

/** Several processes may work on it at once. Every method rejects with RegistryUnavailable when the database is unreachable. */
export class MysqlOutbox {
  readonly #database: Database;
  readonly #maxAgeHours: number;

  /**
   * Does not connect yet.
   *
   * @param options.maxAgeHours rows that were written longer ago are not sent
   * @throws DatabaseUrlError
   */
  constructor({ maxAgeHours, ...options }: DatabaseOptions & { maxAgeHours: number }) {
    this.#database = new Database({ pool: 'outbox', ...options });
    this.#maxAgeHours = maxAgeHours;
  }

  /**
   * Up to `count` of the rows that are due, oldest first. No other worker gets them for `leaseMs`; then they are
   * due again, unless settled, so a crash repeats an attempt and loses none.
   *
   * Locks the rows with SKIP LOCKED (MySQL 8.0, MariaDB 10.6) and claims them in the same
   * transaction, so workers pass each other instead of waiting.
   */
  async claim(leaseMs: number, count = batchRows): Promise<Notification[]> {
    const ids = await this.#database.transaction((session) =>
      lockAndClaim(session, { leaseMs, count, maxAgeHours: this.#maxAgeHours }),
    );
    if (ids.length === 0) return [];
    return this.#database.run((session) =>
      session.select<Notification>(
        `SELECT o.id AS outboxId, o.reset_id AS resetId, accounts.phone, o.attempts AS attempt, o.failures,
                ${msSince1970('o.created_at')} AS changedAtMs
         FROM notification_outbox AS o JOIN accounts ON accounts.id = o.account_id
         WHERE o.id IN (${ids.map(() => '?').join(', ')}) ORDER BY o.id`,
        ids,
      ),
    );
  }

  /** The gateway has taken it. */
  async markDelivered({ outboxId }: Notification): Promise<void> {
    await this.#database.run((session) =>
      session.change(
        `UPDATE notification_outbox SET delivered_at = UTC_TIMESTAMP(3), dead_at = NULL, last_failure = '' WHERE id = ? AND delivered_at IS NULL`,
        [outboxId],
      ),
    );
  }

  /**
   * The attempt failed: due again in `retryInMs`, or given up (null). Does nothing if another worker has
   * claimed or settled the row meanwhile.
   *
   * @param counts false if the gateway was out of order, which is no fault of this message
   */
  async markFailed(
    { outboxId, attempt }: Notification,
    reason: string,
    retryInMs: number | null,
    counts = true,
  ): Promise<void> {
    await this.#database.run((session) =>
      session.change(
        `UPDATE notification_outbox SET last_failure = ?, failures = failures + ?, next_attempt_at = ${inMs}, dead_at = IF(?, UTC_TIMESTAMP(3), NULL)
         WHERE id = ? AND attempts = ? AND ${isWaiting}`,
        [
          clip(reason)
            .replace(/[^ -~]/g, '')
            .slice(0, 100),
          counts ? 1 : 0,
          retryInMs ?? 0,
          retryInMs === null ? 1 : 0,
          outboxId,
          attempt,
        ],
      ),
    );
  }

  count(): Promise<OutboxCounts> {
    return this.#database.run(countOutbox);
  }

  /** Gives up to `count` rows up that are too old to be sent; returns how many. Whether a gateway is set does not matter. */
  giveUpOld(count: number): Promise<number> {
    return this.#database.run(
      (session) =>
        session.change(
          `UPDATE notification_outbox SET dead_at = UTC_TIMESTAMP(3), last_failure = ?
           WHERE ${isWaiting} AND created_at < ${hoursAgo} ORDER BY created_at LIMIT ?`,
          [`not sent: older than ${this.#maxAgeHours} h`, String(this.#maxAgeHours), String(count)],
        ),
      { lane: 'background' },
    );
  }

  /** Deletes up to `count` rows that were delivered, and as many that were given up, so many days ago; returns how many. */
  async purge(days: number, count: number): Promise<number> {
    const settledBefore = (which: string) =>
      this.#database.run(
        (session) =>
          session.change(
            `DELETE FROM notification_outbox WHERE ${which} < UTC_TIMESTAMP(3) - INTERVAL ? DAY LIMIT ?`,
            [String(days), String(count)],
          ),
        { lane: 'background' },
      );
    const delivered = await settledBefore('delivered_at');
    return delivered + (await settledBefore('delivered_at IS NULL AND dead_at'));
  }

  /** The newest dead rows, at most a hundred. */
  async readDead(): Promise<DeadNotification[]> {
    const rows = await this.#database.run((session) =>
      session.select<Omit<DeadNotification, 'createdAt'> & { createdAtMs: number }>(
        `SELECT o.reset_id AS resetId, accounts.phone, ${msSince1970('o.created_at')} AS createdAtMs, o.attempts, o.last_failure AS lastFailure
         FROM notification_outbox AS o JOIN accounts ON accounts.id = o.account_id
         WHERE o.delivered_at IS NULL AND o.dead_at IS NOT NULL ORDER BY o.dead_at DESC, o.id DESC LIMIT 100`,
        [],
      ),
    );
    return rows.map(({ createdAtMs, ...row }) => ({ ...row, createdAt: new Date(createdAtMs) }));
  }

  /** Makes every dead row due again that is not too old, with its full number of attempts; returns how many there were. */
  retryDead(): Promise<number> {
    return this.#database.run((session) =>
      session.change(
        `UPDATE notification_outbox SET dead_at = NULL, failures = 0, next_attempt_at = UTC_TIMESTAMP(3) WHERE ${isDead} AND created_at >= ${hoursAgo}`,
        [String(this.#maxAgeHours)],
      ),
    );
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await this.#database.end();
  }
}

/** One statement, which stops counting at {@link mostCounted}. */
export async function countOutbox(session: Session): Promise<OutboxCounts> {
  const counted = (which: string) => `SELECT 1 FROM notification_outbox WHERE ${which} LIMIT ${mostCounted}`;
  const [counts] = await session.select<{ waiting: number; dead: number; oldestWaitingMs: number | null }>(
    `SELECT (SELECT COUNT(*) FROM (${counted(isWaiting)}) AS w) AS waiting, (SELECT COUNT(*) FROM (${counted(isDead)}) AS d) AS dead,
            (SELECT TIMESTAMPDIFF(MICROSECOND, created_at, UTC_TIMESTAMP(3)) DIV 1000 FROM notification_outbox
             WHERE ${isWaiting} ORDER BY created_at LIMIT 1) AS oldestWaitingMs`,
    [],
  );
  return {
    waiting: counts?.waiting ?? 0,
    dead: counts?.dead ?? 0,
    oldestWaitingMs: counts?.oldestWaitingMs ?? 0,
  };
}

async function lockAndClaim(
  session: Session,
  { leaseMs, count, maxAgeHours }: { leaseMs: number; count: number; maxAgeHours: number },
): Promise<number[]> {
  const due = await session.select<{ id: number }>(
    `SELECT id FROM notification_outbox WHERE ${isWaiting} AND next_attempt_at <= UTC_TIMESTAMP(3) AND created_at >= ${hoursAgo}
     ORDER BY next_attempt_at LIMIT ? FOR UPDATE SKIP LOCKED`,
    [String(maxAgeHours), String(count)],
  );
  const ids = due.map(({ id }) => id);
  if (ids.length > 0) {
    await session.change(
      `UPDATE notification_outbox SET attempts = attempts + 1, next_attempt_at = ${inMs} WHERE id IN (${ids.map(() => '?').join(', ')})`,
      [leaseMs, ...ids],
    );
  }
  return ids;
}
