import {
  ChannelGone,
  type CallerClaims,
  type Channel,
  type DialplanExit,
  type Digit,
  type LineState,
  type Playback,
  type SignedCall,
  type Sound,
  type Told,
} from './channel.ts';

/** The application ended the call, not the caller, because it is stopping. */
export class CallCut extends ChannelGone {
  constructor() {
    super('cut: the application was stopping');
  }
}

/**
 * A channel whose call can be ended from outside. To the flow this is a hang-up like any other, at
 * any verb; the caller hears a farewell before the line is released.
 */
export class InterruptibleChannel implements Channel {
  readonly gone: AbortSignal;
  readonly #line: Channel;
  readonly #cut = new AbortController();
  readonly #playing = new Set<Playback>();
  #farewell: readonly Sound[] = [];
  #hangingUp: Promise<void> | undefined;
  readonly #released = Promise.withResolvers<void>();

  constructor(line: Channel) {
    this.#line = line;
    this.gone = AbortSignal.any([line.gone, this.#cut.signal]);
  }

  get id(): string {
    return this.#line.id;
  }

  /** Resolves, never rejects, when the flow has hung up: the line is free, whatever is left to do. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  get callerNumber(): string {
    return this.#line.callerNumber;
  }

  /**
   * Ends the call for the flow. The flow's own hang-up then plays `farewell` and releases the line. A
   * second call without a farewell hangs up at once.
   */
  cut(farewell: readonly Sound[]): void {
    if (this.#cut.signal.aborted && farewell.length === 0) void this.#line.hangUp();
    if (this.gone.aborted) return;
    this.#farewell = farewell;
    this.#cut.abort(new CallCut());
    for (const playback of this.#playing) void playback.stop();
  }

  readClaims(): Promise<CallerClaims> {
    return this.#orGone(() => this.#line.readClaims());
  }

  readSignature(): Promise<SignedCall> {
    return this.#orGone(() => this.#line.readSignature());
  }

  answer(): Promise<void> {
    return this.#orGone(() => this.#line.answer());
  }

  play(sounds: readonly Sound[]): Playback {
    if (this.#cut.signal.aborted) return notPlayed;
    const playback = this.#line.play(sounds);
    this.#playing.add(playback);
    void playback.ended.then(() => this.#playing.delete(playback));
    return playback;
  }

  onDigit(listener: (digit: Digit) => void): () => void {
    return this.#line.onDigit(listener);
  }

  readLine(): Promise<LineState> {
    return this.#orGone(() => this.#line.readLine());
  }

  onHold(listener: (isHeld: boolean) => void): void {
    this.#line.onHold(listener);
  }

  async exit(to: DialplanExit, told?: Told): Promise<void> {
    this.gone.throwIfAborted();
    await this.#line.exit(to, told);
  }

  hangUp(): Promise<void> {
    return (this.#hangingUp ??= this.#sayFarewell()
      .then(() => this.#line.hangUp())
      .finally(this.#released.resolve));
  }

  async #sayFarewell(): Promise<void> {
    if (this.#farewell.length === 0 || this.#line.gone.aborted) return;
    // A line on hold would be kept for words that nobody hears.
    const isHeld = await this.#line.readLine().then(
      (state) => state.isHeld,
      () => false,
    );
    if (!isHeld) await this.#line.play(this.#farewell).ended;
  }

  async #orGone<T>(work: () => Promise<T>): Promise<T> {
    this.gone.throwIfAborted();
    const result = await work();
    this.gone.throwIfAborted();
    return result;
  }
}

/** The playback on a line that is gone. */
const notPlayed: Playback = {
  ended: Promise.resolve('gone'),
  reached: () => Promise.resolve(false),
  nearEnd: Promise.resolve(false),
  stop: () => Promise.resolve(),
};
