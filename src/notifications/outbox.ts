/**
 * The port between the worker and the database: what is to be told to whom, and how far that is.
 * Implemented by `mysql/`; rows are written by the activation of a reset, in its transaction.
 */

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

/** Every method rejects with RegistryUnavailable when the database is away. */
export interface Outbox {
  /**
   * Rows that are due, at most a handful, oldest first. Nobody else gets them for `leaseMs`; then
   * they are due again, unless settled: so a crash repeats an attempt and loses none.
   */
  claim(leaseMs: number): Promise<Notification[]>;
  /** The gateway has taken it. */
  delivered(notification: Notification): Promise<void>;
  /**
   * The attempt failed: due again in `retryInMs`, or given up (null). Does nothing if somebody else
   * has claimed or settled the row meanwhile.
   */
  failed(notification: Notification, reason: string, retryInMs: number | null): Promise<void>;
  counts(): Promise<OutboxCounts>;
}
