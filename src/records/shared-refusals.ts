/** Calls that are refused while too many rows wait for the database: counted, and recorded in one row for each branch and reason. */
import type { CallOpening } from '../registry/call-records.ts';
import type { UnchangedClosing } from './call-journal.ts';

/** One row that several refused calls share. It has the id of the first of them. */
interface SharedRow {
  readonly opening: CallOpening;
  readonly closing: UnchangedClosing;
  readonly since: number;
  calls: number;
  /** The notes written so far, one after the other. */
  noted: Promise<void>;
}

/** A row to be written. */
export interface SharedRefusal {
  readonly opening: CallOpening;
  readonly closing: UnchangedClosing;
  readonly calls: number;
  /** Resolves when nothing more is being noted about it. */
  readonly noted: Promise<void>;
}

export class SharedRefusals {
  readonly #rows = new Map<string, SharedRow>();
  readonly #note: (opening: CallOpening, closing: UnchangedClosing) => Promise<void>;

  /** @param note writes a row into the journal, in place of its earlier state; does not reject */
  constructor(note: (opening: CallOpening, closing: UnchangedClosing) => Promise<void>) {
    this.#note = note;
  }

  /**
   * Counts a call. The journal hears of 1, 2, 4, 8 … calls, so that a flood is a few writes, and a process
   * that dies leaves at least half of the number.
   */
  add({ callId, instanceId, branch }: CallOpening, closing: UnchangedClosing): void {
    const alike = `${branch} ${closing.reason}`;
    const row = this.#rows.get(alike) ?? {
      opening: {
        ...{ callId, instanceId, channelId: '', maskedPhone: '', phoneKey: null },
        ...(branch !== undefined && { branch }),
      },
      closing,
      since: performance.now(),
      calls: 0,
      noted: Promise.resolve(),
    };
    this.#rows.set(alike, row);
    row.calls++;
    if (Math.log2(row.calls) % 1 !== 0) return;
    const soFar = closingOf(row, `at least ${row.calls}`);
    row.noted = row.noted.then(() => this.#note(row.opening, soFar));
  }

  /** Hands over the rows. Calls that come from now on are counted in others. */
  take(): SharedRefusal[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows.map((row) => ({
      opening: row.opening,
      closing: closingOf(row, String(row.calls)),
      calls: row.calls,
      noted: row.noted,
    }));
  }
}

/** From the first call to now. */
function closingOf({ closing, since }: SharedRow, calls: string): UnchangedClosing {
  return {
    outcome: closing.outcome,
    reason: `${closing.reason} (${calls} ${calls === '1' ? 'call' : 'calls'} in this row)`,
    durationMs: Math.round(performance.now() - since),
  };
}
