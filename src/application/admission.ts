/**
 * Who is let in, and how the last ones are let out: the admission limit and the drain. Calls that
 * are not admitted go back to the dialplan before any work is done for them; it says why and offers
 * the operator.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, DialplanExit, Sound } from '../call/channel.ts';
import { InterruptibleChannel } from '../call/interruptible-channel.ts';
import { soundOf } from '../call/prompts.ts';
import type { Logger } from '../logger.ts';
import type { Refusal } from '../hotline/ending.ts';

/** What the admission can say of itself. */
export interface AdmissionStatus {
  /** Served now. */
  readonly calls: number;
  readonly maxCalls: number;
  /** Calls sent back since the start, for lack of room or because of a drain. */
  readonly refused: number;
  readonly draining: boolean;
  /** Until running calls are cut; null unless draining. */
  readonly secondsLeft: number | null;
}

/** The second apology, before a line is let go. */
const farewell = [soundOf('interrupted'), soundOf('goodbye')];
/** For the farewells of calls that are cut, and their rows; longer than both recordings together. */
const farewellMs = 25_000;
/** For the PBX to hang up what is left when there is no time. */
const hurriedMs = 1000;

export class Admission {
  readonly #maxCalls: number;
  readonly #logger: Logger;
  /** With what each hears if it is cut. */
  readonly #lines = new Map<InterruptibleChannel, readonly Sound[]>();
  readonly #work = new Set<Promise<void>>();
  readonly #hurry = new AbortController();
  #refused = 0;
  #isFull = false;
  #isClosed = false;
  #cutAt: number | null = null;

  constructor({ maxCalls, logger }: { maxCalls: number; logger: Logger }) {
    this.#maxCalls = maxCalls;
    this.#logger = logger;
  }

  get status(): AdmissionStatus {
    const secondsLeft =
      this.#cutAt === null ? null : Math.max(0, Math.ceil((this.#cutAt - Date.now()) / 1000));
    return {
      calls: this.#lines.size,
      maxCalls: this.#maxCalls,
      refused: this.#refused,
      draining: this.#cutAt !== null,
      secondsLeft,
    };
  }

  /** A call has come. Served if there is room; if not, sent back to the dialplan, and returned why. `serve` must not reject. */
  admit(channel: Channel, serve: (channel: Channel) => Promise<void>): Refusal | null {
    if (this.#cutAt !== null) {
      this.#track(this.#sendBack(channel, 'unavailable'));
      return 'the application is being stopped';
    }
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

  /** Serves a channel whatever the limit: one that a dead process left behind, or one we called. */
  attend(channel: Channel, serve: (channel: Channel) => Promise<void>): void {
    this.#serve(channel, serve, farewell);
  }

  /** Whether running calls have been cut, so that none may begin any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** As {@link attend}; cut, the line is let go without a word: it may be a voicemail that listens. */
  attendQuietly(channel: Channel, serve: (channel: Channel) => Promise<void>): void {
    this.#serve(channel, serve, []);
  }

  /**
   * Takes no more calls and resolves when the last one is over. After `seconds` the remaining ones
   * hear an apology and are let go. Called again it can only shorten the time.
   */
  async drain(seconds: number): Promise<void> {
    this.#cutAt = Math.min(this.#cutAt ?? Infinity, Date.now() + seconds * 1000);
    const over = this.#allOver();
    while (this.#lines.size > 0 && Date.now() < this.#cutAt && !this.#hurry.signal.aborted) {
      await Promise.race([over, this.#patience(Math.min(1000, this.#cutAt - Date.now()))]);
    }
    if (this.#lines.size > 0)
      this.#logger.warn('calls are cut, with an apology', { calls: this.#lines.size });
    this.#isClosed = true;
    for (const [line, lastWords] of this.#lines) line.cut(this.#hurry.signal.aborted ? [] : lastWords);
    await Promise.race([over, this.#patience(farewellMs)]);
    if (this.#hurry.signal.aborted) await Promise.race([over, delay(hurriedMs, undefined, { ref: false })]);
  }

  /** Whoever asks twice does not want to wait: every line is let go at once, without a word. */
  hurry(): void {
    this.#hurry.abort();
    this.#isClosed = true;
    for (const line of this.#lines.keys()) line.cut([]);
  }

  #serve(channel: Channel, serve: (channel: Channel) => Promise<void>, lastWords: readonly Sound[]): void {
    const line = new InterruptibleChannel(channel);
    this.#lines.set(line, lastWords);
    this.#track(serve(line).finally(() => this.#freed(line)));
    if (this.#isClosed) line.cut([]); // it came while the others were cut
  }

  #freed(line: InterruptibleChannel): void {
    this.#lines.delete(line);
    if (!this.#isFull || this.#lines.size > this.#maxCalls * 0.9) return;
    this.#isFull = false;
    this.#logger.info('lines are free again', { refused: this.#refused });
  }

  /** Twice: a PBX that answers late has its reasons, and a caller in that rush shall hear why. */
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

  async #allOver(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work);
  }

  /** Ends early when somebody is in a hurry. */
  async #patience(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#hurry.signal, ref: false }).catch(() => undefined);
  }
}
