import {
  ChannelGone,
  leadMs,
  type CallerClaims,
  type Channel,
  type DialplanExit,
  type Digit,
  type LineState,
  type Playback,
  type SignedCall,
  type Sound,
  type Told,
} from '../call/channel.ts';
import { isSilence, spokenIn } from '../call/prompts.ts';
import { tell } from '../measured.ts';
import type { CallSteps } from '../records/call-steps.ts';

/** Notes what happens on a channel as steps of its call. Changes nothing of it. */
export class NotedChannel implements Channel {
  readonly #line: Channel;
  readonly #steps: () => CallSteps;
  readonly #told: () => Told;
  /** We let the channel go: that it is gone is no news. */
  #letsGo = false;
  /**
   * When the last key was pressed, or what was being said then had ended; null if something was said since. On
   * the clock of performance.now().
   */
  #keyedAt: number | null = null;

  /**
   * @param steps those of the call that the channel is in now
   * @param told what is known of it, for an operator
   */
  constructor(line: Channel, steps: () => CallSteps, told: () => Told = () => ({})) {
    this.#line = line;
    this.#steps = steps;
    this.#told = told;
    const noteGone = () => {
      if (!this.#letsGo) steps().note('gone', (line.gone.reason as ChannelGone).reason);
    };
    if (line.gone.aborted) noteGone();
    else line.gone.addEventListener('abort', noteGone, { once: true });
  }

  get id(): string {
    return this.#line.id;
  }

  get callerNumber(): string {
    return this.#line.callerNumber;
  }

  get gone(): AbortSignal {
    return this.#line.gone;
  }

  async answer(): Promise<void> {
    await this.#orFault(this.#line.answer());
    this.#steps().note('answered');
  }

  play(sounds: readonly Sound[]): Playback {
    const playback = this.#line.play(sounds);
    const { words, length } = spokenIn(sounds);
    if (length > 0) {
      void this.#noteSentence(playback, words, length, sounds.length - length);
      void this.#tellDeadAir(playback, sounds);
    }
    return playback;
  }

  onDigit(listener: (digit: Digit) => void): () => void {
    return this.#line.onDigit((digit) => {
      this.#steps().note('key');
      this.#keyedAt = performance.now();
      listener(digit);
    });
  }

  onHold(listener: (isHeld: boolean) => void): void {
    this.#line.onHold((isHeld) => {
      this.#steps().note(isHeld ? 'held' : 'back');
      listener(isHeld);
    });
  }

  readClaims(): Promise<CallerClaims> {
    return this.#orFault(this.#line.readClaims());
  }

  readSignature(): Promise<SignedCall> {
    return this.#orFault(this.#line.readSignature());
  }

  readLine(): Promise<LineState> {
    return this.#orFault(this.#line.readLine());
  }

  async exit(to: DialplanExit, told?: Told): Promise<void> {
    this.#letsGo = true;
    this.#steps().note('exit', to);
    await this.#orFault(this.#line.exit(to, { ...this.#told(), ...told }));
  }

  hangUp(): Promise<void> {
    if (!this.gone.aborted && !this.#letsGo) this.#steps().note('hangs-up');
    this.#letsGo = true;
    return this.#line.hangUp();
  }

  /** @param silences how many sounds at its end are silent: it is said when they begin, or else when it is nearly over */
  async #noteSentence(playback: Playback, words: string, index: number, silences: number): Promise<void> {
    this.#steps().note('says', words);
    if (await (silences > 0 ? playback.reached(index) : playback.nearEnd)) {
      if (this.#keyedAt !== null) this.#keyedAt = performance.now() + (silences > 0 ? 0 : leadMs);
      return this.#steps().note('said');
    }
    const end = await playback.ended;
    if (end === 'failed') this.#steps().note('fault', 'PlaybackFailed');
    else if (end !== 'gone') this.#steps().note(end === 'played' ? 'said' : 'cut');
  }

  /** Silence after a key is what a caller takes for a line that is dead. */
  async #tellDeadAir(playback: Playback, sounds: readonly Sound[]): Promise<void> {
    const keyedAt = this.#keyedAt;
    if (keyedAt === null) return;
    this.#keyedAt = null;
    const first = sounds.findIndex((sound) => !isSilence(sound));
    const prompt = sounds[first]!.replace('hotline/', '').replace(/^digits\/\d$/, 'digits');
    if (await playback.reached(first))
      tell('deadAir', { prompt, ms: Math.max(performance.now() - keyedAt, 0) });
  }

  async #orFault<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof ChannelGone))
        this.#steps().note('fault', error instanceof Error ? error.name : 'unknown');
      throw error;
    }
  }
}
