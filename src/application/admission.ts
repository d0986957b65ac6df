/**
 * The admission limit and the drain (docs/adr/0015-drain.md). Calls that are not admitted go back to
 * the dialplan before any work is done for them; the dialplan says why and offers the operator.
 */
import type { Channel, DialplanExit, Sound } from '../call/channel.ts';
import { InterruptibleChannel } from '../call/interruptible-channel.ts';
import { soundOf } from '../call/prompts.ts';
import type { Logger } from '../logger.ts';
import type { Refusal } from '../hotline/ending.ts';
import { wait } from '../timing/wait.ts';
import { whenAborted } from '../timing/when-aborted.ts';

/** What `GET /status` reports about the calls. */
export interface AdmissionStatus {
  /** Calls being served. */
  readonly calls: number;
  readonly maxCalls: number;
  /** Calls sent back since the start, because of the limit or a drain. */
  readonly refused: number;
  readonly draining: boolean;
  /** Until the running calls are cut; null unless draining. */
  readonly secondsLeft: number | null;
}

/** What a caller hears when the call is cut, before the line is released. */
const farewell = [soundOf('interrupted'), soundOf('goodbye')];
/** How long cut calls have for their farewell and their rows; longer than both recordings together. */
const farewellMs = 25_000;
/** How long the PBX has to hang up the last calls after {@link Admission.cutAll}. */
const hangUpMs = 1000;

export class Admission {
  readonly #maxCalls: number;
  readonly #logger: Logger;
  /** Each line, with what it hears if it is cut. */
  readonly #lines = new Map<InterruptibleChannel, readonly Sound[]>();
  readonly #work = new Set<Promise<void>>();
  /** Aborted by {@link cutAll}. */
  readonly #insisted = new AbortController();
  #refused = 0;
  #isFull = false;
  #isUnrecorded = false;
  #isClosed = false;
  /** When the remaining calls are cut, on the clock of performance.now(), which nobody sets; null: not draining. */
  #cutAt: number | null = null;

  constructor({ maxCalls, logger }: { maxCalls: number; logger: Logger }) {
    this.#maxCalls = maxCalls;
    this.#logger = logger;
  }

  get status(): AdmissionStatus {
    const secondsLeft =
      this.#cutAt === null ? null : Math.max(0, Math.ceil((this.#cutAt - performance.now()) / 1000));
    return {
      calls: this.#lines.size,
      maxCalls: this.#maxCalls,
      refused: this.#refused,
      draining: this.#cutAt !== null,
      secondsLeft,
    };
  }

  /**
   * Serves an incoming call if there is room. Otherwise sends it back to the dialplan and returns the
   * reason.
   *
   * @param serve must not reject
   * @param canRecord whether there is room for the call's record
   */
  admit(channel: Channel, serve: (channel: Channel) => Promise<void>, canRecord = true): Refusal | null {
    if (this.#cutAt !== null) {
      this.#track(this.#sendBack(channel, 'unavailable'));
      return 'the application is being stopped';
    }
    if (!canRecord) {
      if (!this.#isUnrecorded)
        this.#logger.error('too many records wait for the database; callers are sent back', {
          calls: this.#lines.size,
        });
      this.#isUnrecorded = true;
      this.#track(this.#sendBack(channel, 'unavailable'));
      return 'too many records wait for the database';
    }
    this.#isUnrecorded = false;
    if (this.#lines.size >= this.#maxCalls) {
      if (!this.#isFull)
        this.#logger.warn('all lines are busy; further callers are sent back', { calls: this.#lines.size });
      this.#isFull = true;
      this.#track(this.#sendBack(channel, 'busy'));
      return 'all lines are busy';
    }
    this.#serve(channel, serve, farewell);
    return null;
  }

  /** Serves a channel whose process died, whatever the limit. `serve` must not reject. */
  admitInterrupted(channel: Channel, serve: (channel: Channel) => Promise<void>): void {
    this.#serve(channel, serve, farewell);
  }

  /** Whether running calls have been cut; no call may begin after that. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /**
   * Serves a channel that we called, whatever the limit. If it is cut, the line is released without a
   * word, because a voicemail may have answered. `serve` must not reject.
   */
  admitOutgoing(channel: Channel, serve: (channel: Channel) => Promise<void>): void {
    this.#serve(channel, serve, []);
  }

  /**
   * Takes no more calls and resolves when the last one has ended, and its call back, if it was promised
   * one. After `seconds` the remaining
   * callers hear an apology and their lines are released. A second drain can only shorten the time.
   */
  async drain(seconds: number): Promise<void> {
    this.#cutAt = Math.min(this.#cutAt ?? Infinity, performance.now() + seconds * 1000);
    const ended = this.#whenAllEnded();
    while (this.#work.size > 0 && performance.now() < this.#cutAt && !this.#insisted.signal.aborted) {
      await Promise.race([ended, this.#wait(Math.min(1000, this.#cutAt - performance.now()))]);
    }
    if (this.#lines.size > 0)
      this.#logger.warn('calls are cut, with an apology', { calls: this.#lines.size });
    this.#isClosed = true;
    for (const [line, lastWords] of this.#lines) line.cut(this.#insisted.signal.aborted ? [] : lastWords);
    await Promise.race([ended, this.#wait(farewellMs)]);
    if (this.#insisted.signal.aborted) await Promise.race([ended, wait(hangUpMs, { keepsAlive: false })]);
  }

  /** Releases every line at once, without a word. An admin who asks twice does not want to wait. */
  cutAll(): void {
    this.#insisted.abort();
    this.#isClosed = true;
    for (const line of this.#lines.keys()) line.cut([]);
  }

  #serve(channel: Channel, serve: (channel: Channel) => Promise<void>, lastWords: readonly Sound[]): void {
    const line = new InterruptibleChannel(channel);
    this.#lines.set(line, lastWords);
    void line.released.then(() => this.#release(line)); // a call back may be still to be made
    this.#track(serve(line).finally(() => this.#release(line)));
    if (this.#isClosed) line.cut([]); // arrived while the others were being cut
  }

  #release(line: InterruptibleChannel): void {
    if (!this.#lines.delete(line) || !this.#isFull || this.#lines.size > this.#maxCalls * 0.9) return;
    this.#isFull = false;
    this.#logger.info('lines are free again', { refused: this.#refused });
  }

  /** Tries twice: a PBX under load may answer late, and the caller should still hear why. */
  async #sendBack(channel: Channel, to: DialplanExit): Promise<void> {
    this.#refused++;
    await channel
      .exit(to)
      .catch(() => channel.exit(to))
      .catch(() => channel.hangUp());
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    void work.finally(() => this.#work.delete(work));
  }

  async #whenAllEnded(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** Waits for `ms`, or until {@link cutAll}. */
  async #wait(ms: number): Promise<void> {
    const insisted = Promise.withResolvers<void>();
    const forget = whenAborted(this.#insisted.signal, insisted.resolve);
    await Promise.race([insisted.promise, wait(ms, { keepsAlive: false })]);
    forget();
  }
}
