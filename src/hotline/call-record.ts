import { randomUUID } from 'node:crypto';
import { maskPhone } from '../accounts/phone-number.ts';
import { subjectKey } from '../accounts/subject-key.ts';
import type { Channel } from '../call/channel.ts';
import type { Logger } from '../logger.ts';
import { tell } from '../measured.ts';
import { countInterrupted } from '../records/call-ledger.ts';
import { CallSteps } from '../records/call-steps.ts';
import type {
  CallAdmission,
  CallOpening,
  IdentityVerdict,
  StandingRow,
  UncheckedAnswers,
} from '../registry/call-records.ts';
import { callIdOf, isCallBack } from '../call/call-id.ts';
import type { CallContext, Hotline } from './context.ts';
import { noteAnswer } from './noted-registry.ts';
import { interrupted, isTrunkFault, type Ending } from './ending.ts';

/** The parts of the hotline that keep records. */
export type RecordContext = Pick<Hotline, 'instanceId' | 'node' | 'hashKeys' | 'ledger' | 'logger'>;

/** Whom a call is with, and about which code if that is known from the start. */
export interface Subject {
  /** E.164; null without a number. */
  readonly phone: string | null;
  /**
   * Whether the call counts towards its phone's calls at once. A number that is only claimed must not use
   * up its owner's share.
   */
  readonly takesPlace: boolean;
  /** How far the number is believed. Absent: it was called back. */
  readonly identity?: IdentityVerdict;
  /** The code of a call-back: the person's first. */
  readonly bhxhCode?: string;
}

/** What is known of a call before anything is asked. */
interface Beginning {
  /** Absent: the process that knew it has died. */
  readonly branch?: string;
  /** Default: the one that the channel always has. */
  readonly callId?: string;
  readonly startedAt?: number;
}

/** One call's ids, clock and log, and its path into ledger and audit. */
export class CallRecord implements CallContext {
  readonly callId: string;
  readonly channelId: string;
  readonly startedAt: number;
  readonly unchecked: UncheckedAnswers = { silences: 0, incompleteCodes: 0 };
  readonly log: Logger;
  readonly steps: CallSteps;
  readonly #context: RecordContext;
  readonly #branch: string | undefined;
  #work: Promise<unknown> = Promise.resolve();

  constructor(channel: Pick<Channel, 'id'>, context: RecordContext, beginning: Beginning = {}) {
    const { branch, callId = callIdOf(channel, context.node), startedAt = performance.now() } = beginning;
    this.callId = callId;
    this.channelId = channel.id;
    this.startedAt = startedAt;
    this.log = context.logger.child({ callId, channelId: channel.id });
    this.#context = context;
    this.#branch = branch;
    this.steps = new CallSteps(startedAt, (spelt) => context.ledger.noteStep(callId, spelt));
  }

  /** Starts the same channel's next call: an operator context may lead back to the menu. */
  startNext(): CallRecord {
    const next = new CallRecord({ id: this.channelId }, this.#context, {
      ...(this.#branch !== undefined && { branch: this.#branch }),
      callId: randomUUID(),
      startedAt: this.startedAt,
    });
    next.log.info('the channel is in the application again', { earlierCallId: this.callId });
    return next;
  }

  /** Time since the call arrived, ms. */
  get durationMs(): number {
    return Math.round(performance.now() - this.startedAt);
  }

  readonly keepOpenFor = (work: Promise<unknown>): void => {
    this.#work = Promise.allSettled([this.#work, work]);
  };

  /** Resolves when nothing that the call is kept open for is under way. The deadlines of the database bound it. */
  async whenIdle(): Promise<void> {
    await this.#work;
  }

  /** Notes the call in the journal. Nothing is recorded of it elsewhere, and nothing said, before that is done. */
  async arrive(): Promise<void> {
    const noted = this.#context.ledger.noteArrival(this.#opening());
    this.steps.note('arrived', this.#branch);
    await noted;
  }

  /**
   * Records whom the call is with, and returns whether it may be served. Safe to repeat.
   *
   * @throws RegistryUnavailable; the opening is then written together with the ending.
   */
  open(subject: Subject): Promise<CallAdmission> {
    const opening = this.#context.ledger.open(this.#opening(subject));
    return noteAnswer(this.steps, 'opening', opening, (admission) => admission);
  }

  /** Records a call that was sent back to the dialplan. */
  refuse({ outcome, reason }: { outcome: 'limited'; reason: string }): void {
    tell('refusal', { reason });
    this.#context.ledger.refuse(this.#opening(), { outcome, reason, durationMs: 0 });
  }

  /**
   * Writes the terminal row, and then the one log line that says what the row says. While the database
   * is unreachable, both wait.
   */
  end(ending: Ending, durationMs: number): void {
    const { outcome, reason } = ending;
    tell('call', { kind: this.#kind, outcome, reason, ms: durationMs });
    void this.#write(ending, durationMs);
  }

  /** The same for a call of a process that is gone, which mostly has its row by now, and has been counted with it. */
  async endInterrupted(): Promise<void> {
    countInterrupted(await this.#write(interrupted, this.durationMs));
  }

  async #write(ending: Ending, durationMs: number): Promise<StandingRow> {
    const details = {
      ...(this.#branch !== undefined && { branch: this.#branch }),
      ...(ending.outcome === 'changed' && { secondReading: ending.secondReading }),
    };
    const { outcome, reason } = ending;
    const level = isTrunkFault(ending) ? 'warn' : 'info';
    this.steps.note('ended', outcome);
    const steps = String(this.steps);
    const closing = { outcome, reason, durationMs, unchecked: this.unchecked, steps };
    const row = await this.#context.ledger.close(this, closing);
    const said = { outcome: row.outcome, reason: row.reason };
    this.log.log(level, `${this.#kind} ended`, { ...said, durationMs, ...details });
    return row;
  }

  get #kind(): 'call' | 'call-back' {
    return isCallBack({ id: this.channelId }) ? 'call-back' : 'call';
  }

  #opening(
    { phone, takesPlace, identity, bhxhCode }: Subject = { phone: null, takesPlace: false },
  ): CallOpening {
    const { instanceId, hashKeys } = this.#context;
    const { current, before } = hashKeys;
    return {
      callId: this.callId,
      channelId: this.channelId,
      instanceId,
      ...(this.#branch !== undefined && { branch: this.#branch }),
      maskedPhone: phone === null ? '' : maskPhone(phone),
      phoneKey: phone === null ? null : subjectKey(current, 'phone', phone),
      ...(phone !== null && before !== undefined && { phoneKeyBefore: subjectKey(before, 'phone', phone) }),
      takesPlace,
      ...(identity !== undefined && { identity }),
      ...(bhxhCode !== undefined && { codeKey: subjectKey(current, 'code', bhxhCode) }),
    };
  }
}
