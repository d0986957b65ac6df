/** One list of sounds that Asterisk plays: how far it is, and how it ended, even if events are lost. */
import { leadMs, type Playback, type PlaybackEnd, type Sound } from '../../call/channel.ts';
import { AriConnectionLost, isAbsent } from './ari-errors.ts';
import type { PlaybackEvent, PlaybackSnapshot } from './ari-events.ts';
import { PlaybackTrack } from './playback-track.ts';

/** What a playback needs of its channel. */
export interface PlaybackLine {
  /** Resolves when Asterisk has queued the playback. */
  playNext(playbackId: string, sounds: readonly Sound[]): Promise<void>;
  /** Resolves when Asterisk has accepted the stop; rejects if it has no such playback. */
  stopPlayback(playbackId: string): Promise<void>;
  /** Asks Asterisk for the playback; undefined if it has none. Rejects if it cannot be asked. */
  ask(playbackId: string): Promise<PlaybackSnapshot | undefined>;
  /** Whether the caller is still on the line. */
  isUp(): Promise<boolean>;
  /** Length of a sound, ms. */
  lengthMs(sound: Sound): number;
  readonly gone: AbortSignal;
}

/** How late an event may be, ms. Then it counts as lost, and Asterisk is asked. */
const startMarginMs = 2500;
const endMarginMs = 1500;
/**
 * How often we go on waiting for a sound that Asterisk says is still playing: a longer recording
 * may have replaced it.
 */
const maxExtensions = 20;
/** A stop between two sounds can end a playback without an event. It counts as ended after this time, ms. */
const stopMarginMs = 300;

/** One ARI playback: takes its events, and settles its end. */
export class AriPlayback implements Playback {
  readonly id: string;
  readonly ended: Promise<PlaybackEnd>;
  readonly nearEnd: Promise<boolean>;
  /** When the next playback could begin, by performance.now(). Resolves when this one is known to have ended. */
  readonly nextMs: Promise<number>;
  readonly #line: PlaybackLine;
  readonly #track: PlaybackTrack;
  readonly #accepted: Promise<void>;
  readonly #length: number;
  /** Place of the sound that began last; -1 before the first. */
  #begun = -1;
  /** Who waits for a sound to begin. */
  #waiting: { readonly index: number; readonly tell: (hasBegun: boolean) => void }[] = [];
  #settle!: (end: PlaybackEnd) => void;
  #tellNearEnd!: (isSo: boolean) => void;
  /** Nearly all of it was sent to a channel that was up: {@link nearEnd} has said so. */
  #isNearEnd = false;
  #nearEndTimer: NodeJS.Timeout | undefined;
  #over = false;
  #stopping = false;
  /** The end is being settled: later events are ignored. */
  #closing = false;
  #guard: NodeJS.Timeout | undefined;
  #extensions = 0;

  /** @param turn resolves when all earlier playbacks of the channel have ended, with the moment of it: their {@link nextMs} */
  constructor(id: string, line: PlaybackLine, sounds: readonly Sound[], turn: Promise<number>) {
    this.id = id;
    this.#line = line;
    this.#track = new PlaybackTrack(sounds, (sound) => line.lengthMs(sound));
    void turn.then((sinceMs) => this.#track.itsTurn(sinceMs));
    this.#length = sounds.length;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.nearEnd = new Promise((resolve) => (this.#tellNearEnd = resolve));
    this.nextMs = this.ended.then(() => (this.#isNearEnd ? this.#track.endMs : performance.now()));
    const left = () => this.#end('gone');
    line.gone.addEventListener('abort', left);
    void this.ended.then(() => line.gone.removeEventListener('abort', left));
    this.#accepted = line.playNext(this.id, sounds);
    this.#accepted.then(
      () => void turn.then(() => this.#track.index < 0 && this.#expectEventWithin(startMarginMs)),
      (error: unknown) => this.#end(isAbsent(error) || line.gone.aborted ? 'gone' : 'failed'),
    );
    if (line.gone.aborted) left();
  }

  /** Whether Asterisk is playing it right now. */
  get sounding(): boolean {
    return this.#track.index >= 0 && !this.#over && !this.#closing;
  }

  /** Handles an event of this playback. */
  handle({ type, timestamp, playback }: PlaybackEvent): void {
    if (this.#over || this.#closing) return;
    if (type === 'PlaybackFinished') void this.#finished(playback, timestamp);
    else if (this.#stopping) return;
    else if (this.#track.begins(playback, timestamp)) this.#soundBegan();
    else void this.#fail();
  }

  async reached(index: number): Promise<boolean> {
    if (index <= this.#begun) return true;
    if (this.#over || index >= this.#length) return this.ended.then(() => false);
    return new Promise((tell) => this.#waiting.push({ index, tell }));
  }

  async stop(): Promise<void> {
    if (this.#over) return;
    this.#stopping = true;
    clearTimeout(this.#nearEndTimer);
    try {
      await this.#accepted;
      await this.#line.stopPlayback(this.id);
      // Still queued: Asterisk will skip it, and reports that only when its turn comes.
      if (this.#track.index < 0) this.#end('stopped');
    } catch {
      // Already over, or Asterisk cannot be reached: nothing more can be done here.
    }
    if (!this.#over) this.#guardBy(stopMarginMs, () => this.#end('stopped'));
    await this.ended;
  }

  #soundBegan(): void {
    this.#extensions = 0;
    this.#tellReached();
    const { dueInMs, index } = this.#track;
    this.#expectEventWithin(dueInMs + endMarginMs);
    if (index === this.#length - 1 && !this.#over) this.#awaitNearEnd(dueInMs - leadMs);
  }

  #awaitNearEnd(ms: number): void {
    clearTimeout(this.#nearEndTimer);
    this.#nearEndTimer = setTimeout(() => this.#comeNearEnd(), Math.max(ms, 0)).unref();
  }

  #comeNearEnd(): void {
    this.#isNearEnd = true;
    this.#tellNearEnd(true);
  }

  #tellReached(): void {
    this.#begun = this.#track.index;
    const reached = this.#waiting.filter(({ index }) => index <= this.#begun);
    this.#waiting = this.#waiting.filter(({ index }) => index > this.#begun);
    for (const { tell } of reached) tell(true);
  }

  async #finished(playback: PlaybackSnapshot, at: number): Promise<void> {
    this.#closing = true;
    this.#clearTimers();
    const complete = playback.state === 'done' && this.#track.endsComplete(playback, at);
    // After a hang-up, Asterisk reports "done" as well.
    const up = this.#stopping || (complete && this.#isNearEnd) || (await this.#line.isUp());
    if (up && complete && !this.#stopping) {
      this.#tellReached();
      this.#comeNearEnd();
    }
    if (!up) this.#end('gone');
    else this.#end(this.#stopping ? 'stopped' : complete ? 'played' : 'failed');
  }

  #expectEventWithin(ms: number): void {
    this.#guardBy(ms, () => void this.#overdue());
  }

  /** An event is late or lost: asks Asterisk where it is in the list. */
  async #overdue(): Promise<void> {
    const { index } = this.#track;
    let playback: PlaybackSnapshot | undefined;
    try {
      playback = await this.#line.ask(this.id);
    } catch {
      // Cut off. Asterisk may well be playing; if this lasts, the channel's timer ends the call.
      if (!this.#closing && !this.#stopping) this.#expectEventWithin(endMarginMs);
      return;
    }
    const up = await this.#line.isUp();
    if (this.#track.index !== index || this.#closing || this.#stopping || this.#over) return;
    if (playback === undefined || !up || !this.#track.isAt(playback)) return this.#fail();
    if (this.#track.index > index) return this.#soundBegan();
    if (this.#extensions++ < maxExtensions) this.#expectEventWithin(endMarginMs);
    else await this.#fail();
  }

  #clearTimers(): void {
    clearTimeout(this.#guard);
    clearTimeout(this.#nearEndTimer);
  }

  async #fail(): Promise<void> {
    this.#closing = true;
    this.#clearTimers();
    const up = await this.#line.isUp();
    if (up && !this.#over) void this.#line.stopPlayback(this.id).catch(() => undefined);
    this.#end(up ? 'failed' : 'gone');
  }

  #guardBy(ms: number, action: () => void): void {
    clearTimeout(this.#guard);
    if (!this.#over) this.#guard = setTimeout(action, ms).unref();
  }

  #end(end: PlaybackEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#clearTimers();
    this.#tellNearEnd(false); // nothing, if it was told already
    for (const { tell } of this.#waiting.splice(0)) tell(false);
    this.#settle(end);
  }
}

/**
 * Requests a playback, again if the connection is lost meanwhile, but never twice.
 *
 * @param isTaken whether Asterisk has it
 * @throws what `request` and `isTaken` throw
 */
export async function requestOnce(
  request: () => PromiseLike<unknown>,
  isTaken: () => Promise<boolean>,
): Promise<void> {
  for (let left = 3; ; left--) {
    try {
      return void (await request());
    } catch (error) {
      if (!(error instanceof AriConnectionLost) || left === 0) throw error;
      // Perhaps only the answer is lost. What cannot be asked either must not play twice.
      if (await isTaken()) return;
    }
  }
}
