/** What one caller hears: sentences that follow each other without a gap, and silence where nothing is said (docs/adr/0078-sentences-follow-without-a-gap.md). */
import { ExpectedError } from '../expected-error.ts';
import { ChannelGone, leadMs, type Channel, type Playback, type Sound } from './channel.ts';
import { soundOf } from './prompts.ts';

/** The PBX could not play a prompt, or did not report its end in time. */
export class PlaybackFailed extends ExpectedError {
  override readonly name = 'PlaybackFailed';
}

/** A prompt that keys may cut. */
export interface CuttablePrompt {
  /** Resolves when it has ended. @throws ChannelGone, PlaybackFailed */
  readonly ends: Promise<void>;
  /** Ends it now; silence follows. */
  cut(): void;
}

/**
 * A minute or two of silence. While a file plays, Asterisk keeps sending RTP (some carriers drop a line
 * without it) and reports quick keys once; otherwise it reports some of them twice.
 */
const quiet: readonly Sound[] = Array.from({ length: 6 }, () => soundOf('silence'));

/** How long after a sentence came near its end silence is queued behind it, unless another sentence was, ms. */
const quietAfterMs = leadMs - 40;

export class Speaker {
  readonly #channel: Pick<Channel, 'play' | 'gone'>;
  /** What was started last. Something always plays, once there was a first silence. */
  #last: Playback | undefined;
  #quiet: Playback | undefined;
  /** What the next sentence replaces: all but a sentence that is about to end by itself. */
  #toReplace: Playback[] = [];
  /** Settles when the sentence that is about to end has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  #quietTimer: NodeJS.Timeout | undefined;

  constructor(channel: Pick<Channel, 'play' | 'gone'>) {
    this.#channel = channel;
  }

  /** Starts a sentence. It replaces what plays without a gap, or follows a sentence that is about to end. */
  play(sentence: readonly string[]): Playback {
    return this.#replace(this.#start(sentence.map(soundOf)));
  }

  /** Starts a prompt with silence behind it; without any words, silence. */
  prompt(words: readonly string[]): CuttablePrompt {
    if (words.length === 0) {
      this.beQuiet();
      return { ends: this.#tail.then(() => undefined), cut: () => undefined };
    }
    const playback = this.play(words);
    this.#startQuiet();
    const ends = this.said(playback).then(async () => void (await playback.ended));
    ends.catch(() => undefined); // a key may come first, or the caller be gone already
    return { ends, cut: () => this.#stop(playback) };
  }

  /** Silence replaces what plays, and lasts until something is said. */
  beQuiet(): void {
    if (this.#last === undefined || this.#last !== this.#quiet) this.#replace(this.#startQuiet());
  }

  /**
   * Resolves when a sentence is about to end ({@link leadMs}). If nothing follows it at once, silence does.
   *
   * @throws ChannelGone, PlaybackFailed
   */
  async said(sentence: Playback): Promise<void> {
    const isNearEnd = await sentence.nearEnd;
    this.#channel.gone.throwIfAborted();
    if (!isNearEnd) throw await failureOf(sentence);
    this.#toReplace = this.#toReplace.filter((playback) => playback !== sentence);
    this.#tail = sentence.ended;
    if (this.#last === sentence) this.#quietTimer = setTimeout(() => this.#startQuiet(), quietAfterMs);
  }

  /** Says no more. Resolves when a sentence that is about to end has ended. Never rejects. */
  async finish(): Promise<void> {
    clearTimeout(this.#quietTimer);
    await this.#tail;
  }

  #start(sounds: readonly Sound[]): Playback {
    clearTimeout(this.#quietTimer);
    const playback = this.#channel.play(sounds);
    this.#last = playback;
    this.#toReplace.push(playback);
    return playback;
  }

  /** Stops what a playback replaces, now that it is queued behind it. */
  #replace(playback: Playback): Playback {
    for (const replaced of this.#toReplace) if (replaced !== playback) this.#stop(replaced);
    return playback;
  }

  #stop(playback: Playback): void {
    this.#toReplace = this.#toReplace.filter((other) => other !== playback);
    void playback.stop();
  }

  #startQuiet({ isRepeated = false } = {}): Playback {
    const playback = this.#start(quiet);
    this.#quiet = playback;
    void playback.ended.then((end) => {
      // The stop of a prompt that meets its very last packet ends the silence behind it too (docs/adr/0002).
      const isCutByMistake = end === 'failed' && !isRepeated;
      if (this.#last !== playback || (end !== 'played' && !isCutByMistake)) return;
      this.#replace(this.#startQuiet({ isRepeated: isCutByMistake }));
    });
    return playback;
  }
}

async function failureOf(sentence: Playback): Promise<Error> {
  const end = await sentence.ended;
  if (end === 'gone') return new ChannelGone();
  return new PlaybackFailed(`the PBX did not play a prompt to its end (${end})`);
}
