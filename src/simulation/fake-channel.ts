/**
 * A channel without a PBX. Sounds take their real length in (fake) time; keys and hang-ups come from a
 * scripted caller. Passes the same contract as the real channel (tests/support/contracts/channel.ts).
 */
import {
  ChannelGone,
  leadMs,
  type CallerClaims,
  type Channel,
  type DialplanExit,
  type Digit,
  type LineState,
  type Playback,
  type PlaybackEnd,
  type SignedCall,
  type Sound,
  type Told,
} from '../call/channel.ts';

/** By which a timer of real time may come early, and the clock that it is measured by be behind. */
const earlyMs = 2;

/** One sound as the caller heard it. */
export interface Heard {
  readonly sound: Sound;
  readonly atMs: number;
  /** False while it plays, and for good if it was cut or the line was on hold during it. */
  complete: boolean;
}

interface FakePlayback extends Playback {
  run(): Promise<void>;
}

export class FakeChannel implements Channel {
  readonly id: string;
  readonly callerNumber: string;
  /** What the signalling claims. */
  claims: CallerClaims = { asserted: [], from: '' };
  /** What its signature says was signed. */
  signature: SignedCall = { dialled: '19009068', passport: null };
  readonly heard: Heard[] = [];
  /** Sounds this PBX refuses to play. */
  readonly broken = new Set<Sound>();
  exitedTo: DialplanExit | undefined;
  /** What an operator was told. */
  told: Told = {};
  hungUpBy: 'caller' | 'application' | undefined;
  answered = false;
  /** False: no sound goes out, although nothing is on hold, as where no media could be agreed on. */
  sends = true;
  readonly #lengths: ReadonlyMap<Sound, number>;
  readonly #gone = new AbortController();
  readonly #queue: FakePlayback[] = [];
  #running = false;
  #hungUpUnnoticed = false;
  #unread: Digit[] = [];
  #listener: ((digit: Digit) => void) | undefined;
  #holdListener: (isHeld: boolean) => void = () => undefined;
  #isHeld = false;
  #isPlaying = false;
  /** Time of sound that went out until `#countedAt`, ms. */
  #sentMs = 0;
  #countedAt = 0;
  #watchers: ((heard: Heard, index: number) => void)[] = [];
  #keyWatchers: ((keys: string) => void)[] = [];
  #refusalWatchers: ((sound: Sound) => void)[] = [];

  constructor(options: { id?: string; callerNumber?: string; lengths?: ReadonlyMap<Sound, number> } = {}) {
    this.id = options.id ?? `fake-${Math.random()}`;
    this.callerNumber = options.callerNumber ?? '';
    this.#lengths = options.lengths ?? new Map();
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Calls `watcher` when a sound begins, with its index among all sounds heard. */
  whenHeard(watcher: (heard: Heard, index: number) => void): void {
    this.#watchers.push(watcher);
  }

  /** Calls `watcher` with the keys that the caller presses. */
  whenPressed(watcher: (keys: string) => void): void {
    this.#keyWatchers.push(watcher);
  }

  /** Calls `watcher` with a broken sound each time it should have been played. */
  whenRefused(watcher: (sound: Sound) => void): void {
    this.#refusalWatchers.push(watcher);
  }

  /** The caller presses keys, all at once. */
  press(keys: string): void {
    for (const watcher of this.#keyWatchers) watcher(keys);
    for (const key of keys as Iterable<Digit>) {
      if (this.#listener) this.#listener(key);
      else this.#unread.push(key);
    }
  }

  /**
   * The caller's phone goes on hold: sounds pass, but nobody hears them.
   *
   * @param isNoticed false: the event of it is lost
   */
  goOnHold({ isNoticed = true } = {}): void {
    this.#count();
    this.#isHeld = true;
    if (isNoticed) this.#holdListener(true);
  }

  /** The caller's phone takes sound again. */
  takeBack({ isNoticed = true } = {}): void {
    this.#count();
    this.#isHeld = false;
    if (isNoticed) this.#holdListener(false);
  }

  /** The caller hangs up, but the event does not arrive until the application asks. */
  callerHangsUpUnnoticed(): void {
    this.#hungUpUnnoticed = true;
  }

  /** The PBX has lost the channel. */
  disappear(): void {
    this.#leave(undefined, new ChannelGone('the channel is no longer there'));
  }

  /** The caller hangs up. */
  callerHangsUp(): void {
    this.#leave('caller', new ChannelGone());
  }

  async readClaims(): Promise<CallerClaims> {
    this.gone.throwIfAborted();
    return this.claims;
  }

  async readSignature(): Promise<SignedCall> {
    this.gone.throwIfAborted();
    return this.signature;
  }

  async answer(): Promise<void> {
    this.gone.throwIfAborted();
    this.answered = true;
  }

  async readLine(): Promise<LineState> {
    if (this.#hungUpUnnoticed) this.callerHangsUp();
    this.gone.throwIfAborted();
    this.#count();
    const now = performance.now();
    return { isHeld: this.#isHeld, sent: Math.floor(this.#sentMs / 20), askedAtMs: now, answeredAtMs: now };
  }

  onHold(listener: (isHeld: boolean) => void): void {
    this.#holdListener = listener;
  }

  /** Counts what was sent until now. */
  #count(): void {
    if (this.#isPlaying && this.sends && !this.#isHeld) this.#sentMs += performance.now() - this.#countedAt;
    this.#countedAt = performance.now();
  }

  play(sounds: readonly Sound[]): Playback {
    const playback = this.#playbackOf(sounds);
    this.#queue.push(playback);
    void this.#runQueue();
    return playback;
  }

  onDigit(listener: (digit: Digit) => void): () => void {
    this.#listener = listener;
    for (const digit of this.#unread.splice(0)) listener(digit);
    return () => (this.#listener = undefined);
  }

  async exit(to: DialplanExit, told: Told = {}): Promise<void> {
    this.gone.throwIfAborted();
    this.exitedTo = to;
    this.told = told;
    this.#leave(undefined, new ChannelGone('handed back to the dialplan'));
  }

  async hangUp(): Promise<void> {
    this.#leave('application', new ChannelGone('the application hung up'));
  }

  #leave(by: 'caller' | 'application' | undefined, reason: ChannelGone): void {
    if (this.gone.aborted) return;
    this.hungUpBy = by;
    this.#gone.abort(reason);
  }

  async #runQueue(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) await next.run();
    this.#running = false;
  }

  #playbackOf(sounds: readonly Sound[]): FakePlayback {
    const ended = Promise.withResolvers<PlaybackEnd>();
    const nearEnd = Promise.withResolvers<boolean>();
    const starts = sounds.map(() => Promise.withResolvers<boolean>());
    const stopped = new AbortController();
    void ended.promise.then(() => [...starts, nearEnd].forEach(({ resolve }) => resolve(false)));
    const begun = (index: number) => starts[index]?.resolve(true);
    return {
      ended: ended.promise,
      nearEnd: nearEnd.promise,
      reached: async (index) => (await starts[index]?.promise) ?? false,
      stop: async () => stopped.abort(),
      run: async () =>
        ended.resolve(
          await this.#playAll(sounds, stopped.signal, { begun, nearEnd: () => nearEnd.resolve(true) }),
        ),
    };
  }

  async #playAll(
    sounds: readonly Sound[],
    stopped: AbortSignal,
    tell: { readonly begun: (index: number) => void; readonly nearEnd: () => void },
  ): Promise<PlaybackEnd> {
    for (const [index, sound] of sounds.entries()) {
      if (this.gone.aborted) return 'gone';
      if (stopped.aborted) return 'stopped';
      if (this.broken.has(sound)) return this.#refuse(sound);
      this.#count();
      this.#isPlaying = true;
      const heard = this.#isHeld ? undefined : this.#begin(sound);
      tell.begun(index);
      if (heard !== undefined) for (const watcher of this.#watchers) watcher(heard, this.heard.length - 1);
      const lengthMs = this.#lengths.get(sound) ?? 1000;
      const sentMs = this.#sentMs;
      if (index === sounds.length - 1) {
        await this.#pass(Math.max(lengthMs - leadMs, 0), stopped);
        if (!this.gone.aborted && !stopped.aborted) tell.nearEnd();
        await this.#pass(Math.min(lengthMs, leadMs), stopped);
      } else await this.#pass(lengthMs, stopped);
      this.#count();
      this.#isPlaying = false;
      const isWhole = this.#sentMs - sentMs >= lengthMs - earlyMs;
      if (heard !== undefined) heard.complete = !this.gone.aborted && !stopped.aborted && isWhole;
    }
    return this.gone.aborted ? 'gone' : stopped.aborted ? 'stopped' : 'played';
  }

  #refuse(sound: Sound): PlaybackEnd {
    for (const watcher of this.#refusalWatchers) watcher(sound);
    return 'failed';
  }

  #begin(sound: Sound): Heard {
    const heard: Heard = { sound, atMs: Date.now(), complete: false };
    this.heard.push(heard);
    return heard;
  }

  /** Resolves after `ms`, or as soon as the sound is cut. */
  async #pass(ms: number, stopped: AbortSignal): Promise<void> {
    if (this.gone.aborted || stopped.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const listening = new AbortController();
    for (const signal of [this.gone, stopped])
      signal.addEventListener('abort', () => resolve(), { signal: listening.signal });
    await promise;
    clearTimeout(timer);
    listening.abort();
  }
}
