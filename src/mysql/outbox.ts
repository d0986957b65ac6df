/** What the owners of accounts are to be told. The activation of a reset (registry/resets.ts) writes the rows. */
import { clip } from './audit/audit-log.ts';
import { Database, type DatabaseOptions } from './database/database.ts';
import type { Session } from './database/session.ts';

/** Claimed by one worker and sent side by side, so it also bounds the requests to the gateway. */
const batchRows = 10;
const inMs = 'UTC_TIMESTAMP(3) + INTERVAL (? * 1000) MICROSECOND';
const isWaiting = 'delivered_at IS NULL AND dead_at IS NULL';
const epochMs = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;

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
}

/** What is in the outbox. */
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
  /** UTC, `2026-11-22 03:05:00`. */
  readonly createdAt: string;
  readonly attempts: number;
  readonly lastFailure: string;
}

/** Several processes may work on it at once. Every method rejects with RegistryUnavailable when the database is unreachable. */
export class MysqlOutbox {
  readonly #database: Database;

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor(options: DatabaseOptions) {
    this.#database = new Database(options);
  }

  /**
   * A few of the rows that are due, oldest first. No other worker gets them for `leaseMs`; then they are
   * due again, unless settled, so a crash repeats an attempt and loses none.
   *
   * Locks the rows with SKIP LOCKED (MySQL 8.0, MariaDB 10.6) and claims them in the same
   * transaction, so workers pass each other instead of waiting.
   */
  async claim(leaseMs: number): Promise<Notification[]> {
    const ids = await this.#database.transaction((session) => lockAndClaim(session, leaseMs));
    if (ids.length === 0) return [];
    return this.#database.run((session) =>
      session.select<Notification>(
        `SELECT o.id AS outboxId, o.reset_id AS resetId, accounts.phone, o.attempts AS attempt,
                ${epochMs('o.created_at')} AS changedAtMs
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
        `UPDATE notification_outbox SET delivered_at = UTC_TIMESTAMP(3), last_failure = '' WHERE id = ? AND delivered_at IS NULL`,
        [outboxId],
      ),
    );
  }

  /**
   * The attempt failed: due again in `retryInMs`, or given up (null). Does nothing if another worker has
   * claimed or settled the row meanwhile.
   */
  async markFailed(
    { outboxId, attempt }: Notification,
    reason: string,
    retryInMs: number | null,
  ): Promise<void> {
    await this.#database.run((session) =>
      session.change(
        `UPDATE notification_outbox SET last_failure = ?, next_attempt_at = ${inMs}, dead_at = IF(?, UTC_TIMESTAMP(3), NULL)
         WHERE id = ? AND attempts = ? AND ${isWaiting}`,
        [
          clip(reason)
            .replace(/[^ -~]/g, '')
            .slice(0, 100),
          retryInMs ?? 0,
          retryInMs === null ? 1 : 0,
          outboxId,
          attempt,
        ],
      ),
    );
  }

  async count(): Promise<OutboxCounts> {
    const [counts] = await this.#database.run((session) =>
      session.select<{ waiting: number; dead: number; oldestWaitingMs: number | null }>(
        `SELECT COUNT(IF(dead_at IS NULL, 1, NULL)) AS waiting, COUNT(dead_at) AS dead,
                TIMESTAMPDIFF(MICROSECOND, MIN(IF(dead_at IS NULL, created_at, NULL)), UTC_TIMESTAMP(3)) DIV 1000 AS oldestWaitingMs
         FROM notification_outbox WHERE delivered_at IS NULL`,
        [],
      ),
    );
    return {
      waiting: counts?.waiting ?? 0,
      dead: counts?.dead ?? 0,
      oldestWaitingMs: counts?.oldestWaitingMs ?? 0,
    };
  }

  /** The newest dead rows, at most a hundred. */
  readDead(): Promise<DeadNotification[]> {
    return this.#database.run((session) =>
      session.select<DeadNotification>(
        `SELECT o.reset_id AS resetId, accounts.phone, DATE_FORMAT(o.created_at, '%Y-%m-%d %H:%i:%s') AS createdAt, o.attempts, o.last_failure AS lastFailure
         FROM notification_outbox AS o JOIN accounts ON accounts.id = o.account_id
         WHERE o.delivered_at IS NULL AND o.dead_at IS NOT NULL ORDER BY o.id DESC LIMIT 100`,
        [],
      ),
    );
  }

  /** Makes every dead row due again, with its full number of attempts; returns how many there were. */
  retryDead(): Promise<number> {
    return this.#database.run((session) =>
      session.change(
        'UPDATE notification_outbox SET dead_at = NULL, attempts = 0, next_attempt_at = UTC_TIMESTAMP(3) WHERE delivered_at IS NULL AND dead_at IS NOT NULL',
        [],
      ),
    );
  }

  /** Closes all connections. */
  async end(): Promise<void> {
    await this.#database.end();
  }
}

async function lockAndClaim(session: Session, leaseMs: number): Promise<number[]> {
  const due = await session.select<{ id: number }>(
    `SELECT id FROM notification_outbox WHERE ${isWaiting} AND next_attempt_at <= UTC_TIMESTAMP(3)
     ORDER BY next_attempt_at LIMIT ${batchRows} FOR UPDATE SKIP LOCKED`,
    [],
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
