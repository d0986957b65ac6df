/** The calls that this process serves, with what happened last in each for the console to show. */
import { readSteps, joinSteps, type CallStep } from '../registry/call-steps.ts';
import type { CallOpening } from '../registry/call-records.ts';

/** A call under way. Holds no code and no full number. */
export interface CallUnderWay {
  readonly callId: string;
  /** For example `+84***5678`; empty without caller ID, and before it was judged. */
  readonly maskedPhone: string;
  /** Since it arrived, ms. */
  readonly sinceMs: number;
  /** The latest one; null: none yet. */
  readonly step: CallStep | null;
}

interface Kept {
  maskedPhone: string;
  readonly arrivedAt: number;
  /** As it is spelt, since most are never read. */
  step: string | null;
}

export class CallsUnderWay {
  readonly #calls = new Map<string, Kept>();

  /** The call has arrived, or more is known of its caller. */
  note({ callId, maskedPhone }: Pick<CallOpening, 'callId' | 'maskedPhone'>): void {
    const call = this.#calls.get(callId);
    if (call === undefined)
      this.#calls.set(callId, { maskedPhone, arrivedAt: performance.now(), step: null });
    else call.maskedPhone = maskedPhone;
  }

  /** @param spelt as by `spellStep` */
  noteStep(callId: string, spelt: string): void {
    const call = this.#calls.get(callId);
    if (call !== undefined) call.step = spelt;
  }

  end(callId: string): void {
    this.#calls.delete(callId);
  }

  /** Oldest first. */
  list(): CallUnderWay[] {
    const now = performance.now();
    return [...this.#calls].map(([callId, { maskedPhone, arrivedAt, step }]) => ({
      callId,
      maskedPhone,
      sinceMs: Math.round(now - arrivedAt),
      step: step === null ? null : (readSteps(joinSteps([step]))[0] as CallStep),
    }));
  }
}
