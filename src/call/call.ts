import { ChannelGone, type Channel, type Digit, type Playback, type Sound } from './channel.ts';
import { KeyBuffer } from './key-buffer.ts';
import { soundOf, type Utterance } from './prompts.ts';
import { ExpectedError } from '../expected-error.ts';

/** A question to the caller, and when its answer is complete. */
export interface Question {
  /** Played first. A key that can be part of an answer cuts it short; type-ahead skips it. */
  readonly prompts: readonly Utterance[];
  /** Played after `*`, so that a caller who starts again does not hear silence. Default: nothing. */
  readonly again?: readonly Utterance[];
  /** Keys that can be part of an answer; others are ignored. Default: the ten digits. */
  readonly accept?: string;
  /**
   * The allowed numbers of digits. An answer is complete at the largest number, at `#`, or after the
   * interdigit timeout.
   */
  readonly lengths: readonly number[];
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

/** The PBX could not play a prompt, or did not report its end in time. */
export class PlaybackFailed extends ExpectedError {
  override readonly name = 'PlaybackFailed';
}

/**
 * Played behind every sentence. While a file plays, Asterisk keeps sending RTP (some carriers drop a
 * line without it) and reports quick keys once; otherwise it reports some of them twice.
 */
const quiet: readonly Sound[] = Array.from({ length: 6 }, () => soundOf('silence'));

/**
 * One caller on the line, as a flow sees it. Every verb throws {@link ChannelGone} as soon as the
 * caller hangs up.
 *
 * @example
 * await call.answer();
 * const answer = await call.ask({ prompts: ['enter-code-10'], lengths: [10] });
 * await call.say('goodbye');
 * await call.hangUp();
 */
export class Call {
  readonly #channel: Channel;
  readonly #timings: CallTimings;
  readonly #keys = new KeyBuffer();
  /** What is playing now. Something always is, once the call is answered. */
  #current: Playback | undefined;

  constructor(channel: Channel, timings: CallTimings) {
    this.#channel = channel;
    this.#timings = timings;
    channel.onDigit((digit) => this.#keys.press(digit));
  }

  /** Answers the call, and keeps silence playing from then on. */
  async answer(): Promise<void> {
    await this.#channel.answer();
    this.#play([]);
  }

  /**
   * Says a sentence to its end. Keys do not interrupt it; they wait for the next question.
   *
   * @throws PlaybackFailed when the PBX does not play it.
   */
  async say(...sentence: Utterance[]): Promise<void> {
    await this.#heard(this.#play(sentence), sentence.length);
  }

  /**
   * Asks a question and collects the answer. `*` starts the answer again and `#` ends it; both are
   * ignored before the first digit.
   *
   * @throws PlaybackFailed when the PBX does not play the prompts.
   */
  async ask(question: Question): Promise<Answer> {
    const { accept = '0123456789', again = [], lengths } = question;
    const { interdigitTimeoutMs } = this.#timings;
    let digits: string = (await this.#firstKey(question.prompts, accept)) ?? '';
    while (digits !== '' && digits.length < Math.max(...lengths)) {
      const key = await this.#nextKey(
        lengths.includes(digits.length)
          ? Math.min(maybeCompleteMs, interdigitTimeoutMs)
          : interdigitTimeoutMs,
      );
      if (key === null || key === '#') break;
      if (key === '*') digits = (await this.#firstKey(again, accept)) ?? '';
      else if (accept.includes(key)) digits += key;
    }
    return digits === '' ? { kind: 'silence' } : { kind: 'digits', digits };
  }

  /** Drops keys pressed so far, so that they cannot answer the next question. */
  forgetKeys(): void {
    this.#keys.clear();
  }

  /** Resolves only if the caller is on the line now. Without this proof, nothing counts as heard. */
  async stillThere(): Promise<void> {
    await this.#channel.confirmUp();
  }

  /** Hands the caller over to the operator in the dialplan. */
  async transferToOperator(): Promise<void> {
    await this.#stopPlaying();
    await this.#channel.exit('operator');
  }

  /** Ends the call. Never throws. */
  async hangUp(): Promise<void> {
    await this.#channel.hangUp();
  }

  /** Returns the first key of an answer, or null after silence. */
  async #firstKey(prompts: readonly Utterance[], accept: string): Promise<Digit | null> {
    for (let key = this.#keys.take(); key !== undefined; key = this.#keys.take()) {
      if (accept.includes(key)) return key;
    }
    const playback = this.#play(prompts);
    const promptEnds = this.#heard(playback, prompts.length);
    const key = await this.#nextOf(accept, this.#timings.firstDigitTimeoutMs, promptEnds);
    // Barge-in: silence replaces the prompt, so that a file is always playing.
    if (key !== null) this.#play([]);
    return key;
  }

  /** Returns the next accepted key, or null `timeoutMs` after `startsAfter` has resolved without one. */
  async #nextOf(
    accept: string,
    timeoutMs: number,
    startsAfter: Promise<void> = Promise.resolve(),
  ): Promise<Digit | null> {
    const giveUp = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    let failure: Error | undefined;
    startsAfter.then(
      () => {
        if (!giveUp.signal.aborted) timer = setTimeout(() => giveUp.abort(), timeoutMs);
      },
      (error: Error) => {
        failure = error;
        giveUp.abort();
      },
    );
    try {
      let key = await this.#keys.next(giveUp.signal, this.#channel.gone);
      while (key !== null && !accept.includes(key))
        key = await this.#keys.next(giveUp.signal, this.#channel.gone);
      if (key === null && failure !== undefined) throw failure;
      return key;
    } finally {
      clearTimeout(timer);
      giveUp.abort();
    }
  }

  async #nextKey(timeoutMs: number): Promise<Digit | null> {
    return this.#nextOf('0123456789*#', timeoutMs);
  }

  /** Starts a sentence with silence behind it. The previous playback is cut off without a gap. */
  #play(sentence: readonly Utterance[]): Playback {
    const previous = this.#current;
    const playback = this.#channel.play([...sentence.map(soundOf), ...quiet]);
    this.#current = playback;
    void previous?.stop();
    void playback.ended.then((end) => {
      if (end === 'played' && this.#current === playback) this.#play([]);
    });
    return playback;
  }

  /** Resolves when the first `length` sounds of a playback have ended and the silence begins. */
  async #heard(playback: Playback, length: number): Promise<void> {
    const reached = await playback.reached(length);
    this.#channel.gone.throwIfAborted();
    if (reached) return;
    const end = await playback.ended;
    if (end === 'gone') throw new ChannelGone();
    throw new PlaybackFailed(`the PBX did not play a prompt to its end (${end})`);
  }

  async #stopPlaying(): Promise<void> {
    const playing = this.#current;
    this.#current = undefined;
    await playing?.stop();
  }
}
