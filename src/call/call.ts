import { ChannelGone, type Channel, type Digit, type Playback } from './channel.ts';
import { KeyBuffer } from './key-buffer.ts';
import { LineWatch } from './line-watch.ts';
import type { Utterance } from './prompts.ts';
import { Speaker } from './speaker.ts';
import { whenAborted } from '../timing/when-aborted.ts';

/** A question to the caller, and when its answer is complete. `Own` are prompts of one branch only. */
export interface Question<Own extends string = never> {
  /** Played first. A key that can be part of an answer cuts it short; type-ahead skips it. */
  readonly prompts: readonly (Utterance | Own)[];
  /** Played after `*`, so that a caller who starts again does not hear silence. Default: nothing. */
  readonly again?: readonly (Utterance | Own)[];
  /** Keys that can be part of an answer; others are ignored. Default: the ten digits. */
  readonly accept?: string;
  /**
   * The allowed numbers of digits. An answer is complete at the largest number, at `#`, or after the
   * interdigit timeout.
   */
  readonly lengths: readonly number[];
  /** From the end of the prompts to the first key, ms, where that is less than the call's timings say. */
  readonly firstKeyWithinMs?: number;
}

/** The wait after an answer that may be complete. The caller must never hear silence for over 3 s. */
const maybeCompleteMs = 2500;

/** The caller's answer. Silence is an answer, not an error. */
export type Answer = { readonly kind: 'digits'; readonly digits: string } | { readonly kind: 'silence' };

export interface CallTimings {
  /** From the end of the prompt to the first key. */
  readonly firstDigitTimeoutMs: number;
  /** From one key to the next. */
  readonly interdigitTimeoutMs: number;
}

/** How often a sentence that was not wholly sent is said again before the line is given up. */
const maxRepeats = 3;

/**
 * One caller on the line, as a flow sees it. Every verb throws {@link ChannelGone} as soon as the
 * caller hangs up. While the caller's phone is on hold, every verb waits, and afterwards says again
 * what was missed; if that takes too long, it throws `LineTookNoSound`.
 *
 * `Own` are the names of prompts that only the branch of this call plays (hotline/branch.ts).
 *
 * @example
 * await call.answer();
 * const answer = await call.ask({ prompts: ['enter-code-10'], lengths: [10] });
 * await call.say('goodbye');
 * await call.hangUp();
 */
export class Call<Own extends string = never> {
  readonly #channel: Channel;
  readonly #timings: CallTimings;
  readonly #keys = new KeyBuffer();
  readonly #line: LineWatch;
  readonly #speaker: Speaker;
  #isKeying = false;

  constructor(channel: Channel, timings: CallTimings) {
    this.#channel = channel;
    this.#timings = timings;
    this.#line = new LineWatch(channel);
    this.#speaker = new Speaker(channel);
    channel.onDigit((digit) => this.#keys.press(digit));
  }

  /** Answers the call, and keeps silence playing from then on. */
  async answer(): Promise<void> {
    await this.#channel.answer();
    this.#speaker.beQuiet();
    await this.#isOpen();
  }

  /**
   * Says a sentence. Resolves just before its end ({@link leadMs}), so that what is said next follows without a
   * gap. Keys do not interrupt it; they wait for the next question.
   *
   * @throws PlaybackFailed when the PBX does not play it.
   */
  async say(...sentence: (Utterance | Own)[]): Promise<void> {
    do await this.#line.whenOpen();
    while (!(await this.#sayUnlessHeld(sentence)) || !(await this.#isOpen()));
  }

  /**
   * Says a sentence that counts only if it was heard. As {@link say}, and resolves only with proof that
   * it went out until then to a line that took it, not one packet of a hold, however short, missing, and that the
   * caller is on the line now.
   *
   * @throws PlaybackFailed when the PBX does not play it; AriRequestFailed when it cannot be asked.
   */
  async tell(...sentence: (Utterance | Own)[]): Promise<void> {
    for (let unproved = 0; unproved <= maxRepeats;) {
      await this.#line.whenOpen();
      const start = this.#line.mark();
      start.catch(() => undefined);
      if (!(await this.#sayUnlessHeld(sentence))) continue;
      if (await this.#line.tookAllSince(await start)) return;
      unproved++;
    }
    throw this.#line.giveUp();
  }

  /**
   * Asks a question and collects the answer. `*` starts the answer again and `#` ends it; both are
   * ignored before the first digit. A question that was interrupted by a hold is asked again.
   *
   * @throws PlaybackFailed when the PBX does not play the prompts.
   */
  async ask(question: Question<Own>): Promise<Answer> {
    for (;;) {
      await this.#line.whenOpen();
      const { interruption } = this.#line;
      const answer = await this.#askOnce(question, interruption);
      const isMissed = interruption.aborted || (answer.kind === 'silence' && !(await this.#isOpen()));
      if (!isMissed) return answer;
      await this.#line.whenOpen();
      this.forgetKeys(); // half an answer from before the hold, and keys of the other call
    }
  }

  async #askOnce(question: Question<Own>, interruption: AbortSignal): Promise<Answer> {
    const { accept = '0123456789', again = [], lengths } = question;
    const { interdigitTimeoutMs, firstDigitTimeoutMs } = this.#timings;
    const withinMs = Math.min(question.firstKeyWithinMs ?? Infinity, firstDigitTimeoutMs);
    const firstKey = (prompts: readonly (Utterance | Own)[]) =>
      this.#firstKey(prompts, accept, withinMs, interruption);
    let digits: string = (await firstKey(question.prompts)) ?? '';
    while (digits !== '' && digits.length < Math.max(...lengths)) {
      this.#isKeying = true;
      const key = await this.#nextKey(
        lengths.includes(digits.length)
          ? Math.min(maybeCompleteMs, interdigitTimeoutMs)
          : interdigitTimeoutMs,
        interruption,
      );
      if (key === null || key === '#') break;
      if (key === '*') digits = (await firstKey(again)) ?? '';
      else if (accept.includes(key)) digits += key;
    }
    this.#isKeying = false;
    return digits === '' ? { kind: 'silence' } : { kind: 'digits', digits };
  }

  /** Whether the caller had begun an answer when {@link ask} threw. */
  get isKeying(): boolean {
    return this.#isKeying;
  }

  /** Drops keys pressed so far, so that they cannot answer the next question. */
  forgetKeys(): void {
    this.#keys.clear();
  }

  /** Whether what is said now goes out to nobody, as far as is known. */
  get isOnHold(): boolean {
    return this.#line.isClosed;
  }

  /** Hands the caller over to the operator in the dialplan, who is told what the call has come to. */
  async transferToOperator(outcome: string): Promise<void> {
    await this.#speaker.finish();
    await this.#channel.exit('operator', { outcome });
  }

  /** Ends the call, once a sentence that is about to end has ended. Never throws. */
  async hangUp(): Promise<void> {
    await this.#speaker.finish();
    await this.#channel.hangUp();
  }

  /** Returns the first key of an answer, or null after silence. */
  async #firstKey(
    prompts: readonly string[],
    accept: string,
    withinMs: number,
    interruption: AbortSignal,
  ): Promise<Digit | null> {
    const typedAhead = this.#keys.take(accept);
    if (typedAhead !== null) return typedAhead;
    const prompt = this.#speaker.prompt(prompts);
    const key = await this.#nextOf(accept, withinMs, interruption, prompt.ends);
    if (key !== null || interruption.aborted) prompt.cut(); // barge-in, or a hold
    return key;
  }

  /**
   * Returns the next accepted key, or null `timeoutMs` after `startsAfter` has resolved without one, or
   * at once at an interruption.
   */
  async #nextOf(
    accept: string,
    timeoutMs: number,
    interruption: AbortSignal,
    startsAfter: Promise<void> = Promise.resolve(),
  ): Promise<Digit | null> {
    const { gone } = this.#channel;
    gone.throwIfAborted();
    const over = Promise.withResolvers<void>();
    over.promise.catch(() => undefined); // a key may come first
    const stopListening = [whenAborted(interruption, over.resolve), whenAborted(gone, over.resolve)];
    let timer: NodeJS.Timeout | undefined;
    let isOver = false;
    startsAfter.then(() => {
      if (!isOver) timer = setTimeout(over.resolve, timeoutMs);
    }, over.reject);
    try {
      const key = await this.#keys.next(accept, over.promise);
      gone.throwIfAborted();
      return key;
    } finally {
      isOver = true;
      clearTimeout(timer);
      for (const stop of stopListening) stop();
    }
  }

  async #nextKey(timeoutMs: number, interruption: AbortSignal): Promise<Digit | null> {
    return this.#nextOf('0123456789*#', timeoutMs, interruption);
  }

  /** Says a sentence, and returns false as soon as the line goes on hold. Nothing more is then said to it. */
  async #sayUnlessHeld(sentence: readonly string[]): Promise<boolean> {
    const { interruption } = this.#line;
    const playback = this.#speaker.play(sentence);
    const isSaid = await Promise.race([
      this.#speaker.said(playback).then(() => !interruption.aborted),
      interrupted(interruption, playback),
    ]);
    if (!isSaid) this.#speaker.beQuiet();
    return isSaid;
  }

  /** Whether the line takes sound. If the PBX cannot be asked, its events must do. */
  async #isOpen(): Promise<boolean> {
    return this.#line.isOpen().catch((error: unknown) => {
      if (error instanceof ChannelGone) throw error;
      return true;
    });
  }
}

/** Resolves to false when the signal is aborted before the playback has ended. */
async function interrupted(signal: AbortSignal, playback: Playback): Promise<false> {
  const { promise, resolve } = Promise.withResolvers<false>();
  const stopListening = whenAborted(signal, () => resolve(false));
  void playback.ended.then(stopListening);
  return promise;
}
