/**
 * Gives every call exactly one terminal row (I5), even if the database is unreachable for a while.
 * A row that could not be written is written later, by this process or, from the journal, by the next.
 * What waits is bounded: in a flood, calls that were refused share a row (shared-refusals.ts).
 */
import pLimit from 'p-limit';
import pTimeout from 'p-timeout';
import { CallsUnderWay } from './calls-under-way.ts';
import { GatheredSteps } from './gathered-steps.ts';
import { JournalFailed, type CallJournal, type UnchangedClosing } from './call-journal.ts';
import { SharedRefusals } from './shared-refusals.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  CallRecords,
  InterruptedEnding,
  StandingRow,
} from '../registry/call-records.ts';
import { joinSteps } from '../registry/call-steps.ts';
import { tell } from '../measured.ts';
import { wait } from '../timing/wait.ts';

const retryMs = 1000;
/** How long a note may take on a disk that hangs: while a caller who has just arrived waits for it, and else. */
const arrivalNoteMs = 500;
const noteMs = 10_000;
/** Rows written at once. Few, so that callers come first when the database is back. */
const writersAtOnce = 4;

/** Rows that wait, beyond which calls that are refused share one. Each takes about 3 kB of memory and 4 kB of disk. */
const maxWaitingAlone = 1000;
/** Rows that wait, beyond which no call should be taken. */
const maxWaiting = 10_000;

const noSteps = joinSteps([]);

/** The ids by which a call is found in log, journal and audit. */
export type CallNames = Pick<CallOpening, 'callId' | 'channelId'>;

export interface CallLedgerOptions {
  readonly registry: CallRecords;
  /** Absent: a call whose opening is not in the database is lost if this process dies. */
  readonly journal?: CallJournal;
  /**
   * Called with the error if a row can never be written or the journal fails: a bug of ours, or a full
   * disk.
   */
  readonly onFault: (error: unknown, call: CallNames) => void;
  /** Called when a row is to be written that this many refused calls share. */
  readonly onShared?: (call: CallNames, calls: number) => void;
}

export class CallLedger {
  readonly #registry: CallRecords;
  readonly #journal: CallJournal | undefined;
  readonly #onFault: CallLedgerOptions['onFault'];
  readonly #onShared: CallLedgerOptions['onShared'];
  /** Openings that are not in the database yet; each is written together with its call's closing. */
  readonly #missed = new Map<string, CallOpening>();
  readonly #writers = pLimit(writersAtOnce);
  readonly #steps: GatheredSteps;
  /** Closings under way. Each runs on its own, so one that the database refuses does not delay the others. */
  readonly #writing = new Set<Promise<unknown>>();
  readonly #shared: SharedRefusals;
  /** What the console shows of calls under way. */
  readonly underWay = new CallsUnderWay();

  constructor({ registry, journal, onFault, onShared }: CallLedgerOptions) {
    this.#registry = registry;
    this.#steps = new GatheredSteps(registry);
    this.#journal = journal;
    this.#onFault = onFault;
    this.#shared = new SharedRefusals((opening, closing) =>
      this.#note(opening, (notes) => notes.add(opening, closing)),
    );
    this.#onShared = onShared;
  }

  /** Whether so many rows wait for the database that no call should be taken. */
  get isFull(): boolean {
    return this.#writing.size >= maxWaiting;
  }

  /** Rows that wait for the database, or are being written. */
  get waiting(): number {
    return this.#writing.size;
  }

  /** Notes a call in the journal only, before anything else is done for it. */
  async noteArrival(opening: CallOpening): Promise<void> {
    this.underWay.note(opening);
    await this.#note(opening, (journal) => journal.add(opening), arrivalNoteMs);
  }

  /**
   * Records a call's opening and returns whether it may be served. `ended`: this id already has its
   * terminal row. Safe to repeat.
   *
   * @throws RegistryUnavailable; the opening is then written together with the closing.
   */
  async open(opening: CallOpening): Promise<CallAdmission> {
    const noted = this.noteArrival(opening); // side by side: a caller waits for both
    try {
      const admission = await this.#registry.openCall(opening).finally(() => noted);
      this.#missed.delete(opening.callId);
      if (admission === 'ended') this.underWay.end(opening.callId);
      if (admission === 'ended') await this.#note(opening, (journal) => journal.remove(opening.callId));
      return admission;
    } catch (error) {
      if (error instanceof RegistryUnavailable) this.#missed.set(opening.callId, opening);
      throw error;
    }
  }

  /**
   * Records how a call ended. A change is recorded by the transaction of its activation, so here only
   * its steps are.
   *
   * Resolves, once the row is written, with what it says: for example `changed`, where a change that
   * nobody could confirm had been made. Never rejects.
   */
  async close(call: CallNames, closing: CallClosing): Promise<StandingRow> {
    this.underWay.end(call.callId);
    const { outcome, reason } = closing;
    const recorded = this.#note(call, (journal) => journal.end(call.callId, closing)).then(() =>
      this.#write(call, closing),
    );
    this.#track(recorded);
    return (await recorded) ?? { outcome, reason, isNew: false };
  }

  /** Notes a step of a call under way, as it is spelt. Returns at once. */
  noteStep(callId: string, spelt: string): void {
    this.underWay.noteStep(callId, spelt);
    this.#journal?.addStep(callId, spelt);
  }

  /** Records a call that was not served: in a row of its own, or in a flood together with others. Returns at once. */
  refuse(opening: CallOpening, closing: UnchangedClosing): void {
    if (this.#writing.size >= maxWaitingAlone) return this.#shared.add(opening, closing);
    this.#missed.set(opening.callId, opening);
    this.#track(
      this.#note(opening, (journal) => journal.add(opening, closing)).then(() =>
        this.#write(opening, closing),
      ),
    );
  }

  /**
   * Closes the calls in the journal that earlier processes left, as they ended or, where no process lived to
   * see that, with `ending`. Returns how many there were, and when their rows are written.
   *
   * @param instanceId this process, which takes them over
   */
  closeInterrupted(
    instanceId: string,
    ending: InterruptedEnding,
  ): { readonly calls: number; readonly written: Promise<void> } {
    const rows = (this.#journal?.takeLeft() ?? []).map(({ opening, closing, notedAt, steps }) => {
      this.#missed.set(opening.callId, { ...opening, instanceId });
      const late = { ...ending, durationMs: Math.max(0, Date.now() - notedAt), steps };
      const writing = this.#write(opening, closing ?? late);
      this.#track(writing);
      return closing === null ? writing.then(countInterrupted) : writing;
    });
    return { calls: rows.length, written: Promise.all(rows).then(() => undefined) };
  }

  /** Resolves when every row is in the database. */
  async flush(): Promise<void> {
    await this.#steps.hurryDuring(async () => {
      while (this.#writing.size > 0) await Promise.all(this.#writing);
    });
  }

  #track(writing: Promise<unknown>): void {
    this.#writing.add(writing);
    void writing.finally(() => {
      this.#writing.delete(writing);
      if (this.#writing.size < maxWaitingAlone) this.#writeShared();
    });
  }

  #writeShared(): void {
    for (const { opening, closing, calls, noted } of this.#shared.take()) {
      this.#missed.set(opening.callId, opening);
      this.#onShared?.(opening, calls);
      this.#track(noted.then(() => this.#write(opening, closing)));
    }
  }

  /** Tries until the row is there, and returns what it says; undefined if it never will be. */
  async #write(call: CallNames, closing: CallClosing): Promise<StandingRow | undefined> {
    // Steps that are gathered must not hold up the writers of rows.
    const tryToWrite = () =>
      isUnchanged(closing)
        ? this.#writers(() => this.#tryToWrite(call, closing))
        : this.#tryToWrite(call, closing);
    let result = await tryToWrite();
    while (result === 'unavailable') result = await tryToWrite();
    if (result === 'refused') return undefined;
    await this.#note(call, (journal) => journal.remove(call.callId));
    return result;
  }

  /**
   * `refused`: because of a bug of ours. The next process may succeed, from the journal. A database that is
   * unreachable keeps a writer busy for a while, so that thousands of waiting rows do not knock all the time.
   */
  async #tryToWrite(call: CallNames, closing: CallClosing): Promise<StandingRow | 'unavailable' | 'refused'> {
    const { callId } = call;
    try {
      const row = await this.#record(callId, closing);
      this.#missed.delete(callId);
      return row;
    } catch (error) {
      if (error instanceof RegistryUnavailable) {
        await wait(retryMs);
        return 'unavailable';
      }
      this.#onFault(error, call);
      return 'refused';
    }
  }

  async #record(callId: string, closing: CallClosing): Promise<StandingRow> {
    if (isUnchanged(closing)) return this.#registry.closeCall(callId, closing, this.#missed.get(callId));
    await this.#steps.add({ callId, steps: closing.steps ?? noSteps });
    const { outcome, reason } = closing;
    return { outcome, reason, isNew: true };
  }

  /** A journal that fails must not fail the call. */
  async #note(
    call: CallNames,
    note: (journal: CallJournal) => Promise<void>,
    limitMs = noteMs,
  ): Promise<void> {
    if (this.#journal === undefined) return;
    try {
      // A disk that hangs must not hold up a caller. What it writes later is closed by the next process.
      await pTimeout(note(this.#journal), {
        milliseconds: limitMs,
        fallback: () => {
          throw new JournalFailed(
            `the journal took no note within ${limitMs} ms: expected a disk that answers at JOURNAL_DIRECTORY`,
          );
        },
      });
    } catch (error) {
      this.#onFault(error, call);
    }
  }
}

function isUnchanged(closing: CallClosing): closing is UnchangedClosing {
  return closing.outcome !== 'changed';
}

/** Once for each call: the process that is gone could not, and several look for its calls. */
export function countInterrupted(row: StandingRow | undefined): void {
  if (row?.isNew && row.outcome === 'interrupted') tell('interrupted', { calls: 1 });
}
