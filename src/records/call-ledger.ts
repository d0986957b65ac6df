/**
 * One terminal row for every call (I5), also while the database is away: what could not be
 * written is kept and written when it is back, by this process or, out of the journal, by the next.
 */
import pLimit from 'p-limit';
import type { CallJournal } from './call-journal.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallAdmission, CallClosing, CallOpening, CallRecords } from '../registry/call-records.ts';

const retryMs = 1000;
/** Rows written at once, and so asked for at once when the database is back: the callers of that moment come first. */
const writersAtOnce = 4;

/** How a call ended that changed nothing. */
type Unchanged = CallClosing & { outcome: Exclude<CallClosing['outcome'], 'changed'> };

/** What the terminal row of a call says. */
export type Recorded = Pick<CallClosing, 'outcome' | 'reason'>;

export interface CallLedgerOptions {
  readonly registry: CallRecords;
  /** Absent: a call whose opening the database did not take is lost with this process. */
  readonly journal?: CallJournal;
  /** Told why, when a row cannot be written and never will be, or the journal fails: a mistake of ours, or a full disk. */
  readonly onFault: (error: unknown) => void;
}

export class CallLedger {
  readonly #registry: CallRecords;
  readonly #journal: CallJournal | undefined;
  readonly #onFault: (error: unknown) => void;
  /** Openings the database did not take; each is written together with its call's closing. */
  readonly #missed = new Map<string, CallOpening>();
  readonly #writers = pLimit(writersAtOnce);
  /** Closings under way, each on its own: one the database refuses must not hold up the others. */
  readonly #writing = new Set<Promise<void>>();

  constructor({ registry, journal, onFault }: CallLedgerOptions) {
    this.#registry = registry;
    this.#journal = journal;
    this.#onFault = onFault;
  }

  /** Takes note of a call in the journal alone, before anything else is done for it. */
  async arrived(opening: CallOpening): Promise<void> {
    await this.#noting((journal) => journal.opened(opening));
  }

  /**
   * Records that a call has come, and returns whether it may be served. `ended`: this id has its
   * terminal row already. Safe to repeat.
   *
   * @throws RegistryUnavailable when the database is away; the row is then written with the closing.
   */
  async open(opening: CallOpening): Promise<CallAdmission> {
    await this.arrived(opening);
    try {
      const admission = await this.#registry.openCall(opening);
      this.#missed.delete(opening.callId);
      if (admission === 'ended') await this.#noting((journal) => journal.ended(opening.callId));
      return admission;
    } catch (error) {
      if (error instanceof RegistryUnavailable) this.#missed.set(opening.callId, opening);
      throw error;
    }
  }

  /**
   * Records how a call ended. A change records itself, in the transaction of its activation: of it
   * this only takes note. Resolves, once the row is there, with what it says; never rejects.
   */
  async close(callId: string, closing: CallClosing): Promise<Recorded> {
    const written = isUnchanged(closing)
      ? this.#write(callId, closing)
      : this.#noting((journal) => journal.ended(callId));
    this.#track(written);
    await written;
    return { outcome: closing.outcome, reason: closing.reason };
  }

  /** Records a call that came and was not served; returns at once. */
  refuse(opening: CallOpening, closing: Unchanged): void {
    this.#missed.set(opening.callId, opening);
    this.#track(
      this.#noting((journal) => journal.opened(opening)).then(() => this.#write(opening.callId, closing)),
    );
  }

  /** Closes the calls that processes before this one left in the journal, if they have no terminal row yet; returns how many it found. */
  async closeInterrupted(instanceId: string): Promise<number> {
    const left = (await this.#journal?.interrupted()) ?? [];
    for (const { opening, openedAt } of left) {
      this.#missed.set(opening.callId, { ...opening, instanceId });
      void this.close(opening.callId, {
        outcome: 'interrupted',
        reason: 'the application ended during the call',
        durationMs: Math.max(0, Date.now() - openedAt),
      });
    }
    return left.length;
  }

  /** Resolves when every row is in the database. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
  }

  #track(writing: Promise<void>): void {
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  async #write(callId: string, closing: Unchanged): Promise<void> {
    let result = await this.#writers(() => this.#tryToWrite(callId, closing));
    while (result === 'unavailable') {
      await new Promise((resolve) => setTimeout(resolve, retryMs));
      result = await this.#writers(() => this.#tryToWrite(callId, closing));
    }
    if (result === 'written') await this.#noting((journal) => journal.ended(callId));
  }

  /** `refused`: by a mistake of ours; the next process may do better, from the journal. */
  async #tryToWrite(callId: string, closing: Unchanged): Promise<'written' | 'unavailable' | 'refused'> {
    try {
      const missed = this.#missed.get(callId);
      if (missed !== undefined) await this.#registry.openCall(missed);
      await this.#registry.closeCall(callId, closing);
      this.#missed.delete(callId);
      return 'written';
    } catch (error) {
      if (error instanceof RegistryUnavailable) return 'unavailable';
      this.#onFault(error);
      return 'refused';
    }
  }

  /** A journal that fails must not fail the call. */
  async #noting(note: (journal: CallJournal) => Promise<void>): Promise<void> {
    if (this.#journal === undefined) return;
    try {
      await note(this.#journal);
    } catch (error) {
      this.#onFault(error);
    }
  }
}

function isUnchanged(closing: CallClosing): closing is Unchanged {
  return closing.outcome !== 'changed';
}
