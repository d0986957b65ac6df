import type { Playback, PlaybackEnd, Sound } from '../call/channel.ts';
import { isAbsent } from './ari-errors.ts';
import type { PlaybackEvent } from './ari-events.ts';

/** What a playback asks of its channel. */
export interface PlaybackLine {
  /** Resolves when Asterisk has taken the playback into its queue. */
  playNext(playbackId: string, sounds: readonly Sound[]): Promise<void>;
  /** Resolves when Asterisk has been told; rejects if it has no such playback. */
  stopPlayback(playbackId: string): Promise<void>;
  /** Whether Asterisk still has the playback, as far as it can be asked. */
  isPlaying(playbackId: string): Promise<boolean>;
  /** Whether the caller is still on the line. */
  isUp(): Promise<boolean>;
  /** Length of a sound, ms. */
  lengthMs(sound: Sound): number;
  readonly gone: AbortSignal;
}

/** How long we wait for Asterisk beyond what the sounds take, ms. */
const startMarginMs = 2500;
const endMarginMs = 1500;
/** An overdue playback that Asterisk says is running (a longer recording has been put in) is waited for this often. */
const mostExtensions = 20;
/** A stop that hits between two sounds can end a playback without an event. */
const stopMarginMs = 300;

/** One ARI playback: its events in, its end out. */
export class AriPlayback implements Playback {
  readonly id: string;
  readonly ended: Promise<PlaybackEnd>;
  readonly #line: PlaybackLine;
  readonly #sounds: readonly Sound[];
  readonly #accepted: Promise<void>;
  /** `#reached[i]` resolves when the sound at i begins. */
  readonly #reached: PromiseWithResolvers<boolean>[];
  #settle!: (end: PlaybackEnd) => void;
  #over = false;
  #stopping = false;
  /** The end is being settled: later events mean nothing. */
  #closing = false;
  /** How many sounds have begun, and when the last of them did (Asterisk's clock, ms). */
  #begun = 0;
  #begunAt = 0;
  #guard: NodeJS.Timeout | undefined;
  #extensions = 0;

  /** `turn` resolves when no earlier playback is in the way any more. */
  constructor(id: string, line: PlaybackLine, sounds: readonly Sound[], turn: Promise<unknown>) {
    this.id = id;
    this.#line = line;
    this.#sounds = sounds;
    this.#reached = sounds.map(() => Promise.withResolvers<boolean>());
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    const left = () => this.#end('gone');
    line.gone.addEventListener('abort', left);
    void this.ended.then(() => line.gone.removeEventListener('abort', left));
    this.#accepted = line.playNext(this.id, sounds);
    this.#accepted.then(
      () => void turn.then(() => this.#begun === 0 && this.#expectEventWithin(startMarginMs)),
      (error: unknown) => this.#end(isAbsent(error) || line.gone.aborted ? 'gone' : 'failed'),
    );
    if (line.gone.aborted) left();
  }

  /** Whether the PBX is playing it right now. */
  get sounding(): boolean {
    return this.#begun > 0 && !this.#over && !this.#closing;
  }

  /** Takes an event of this playback. */
  handle({ type, timestamp, playback }: PlaybackEvent): void {
    if (this.#over || this.#closing) return;
    if (type === 'PlaybackStarted') this.#soundBegins(timestamp);
    else if (type === 'PlaybackFinished') void this.#finished(playback.state, timestamp);
    else if (this.#wasSkipped(timestamp)) void this.#fail();
  }

  async reached(index: number): Promise<boolean> {
    return this.#reached[index]?.promise ?? this.ended.then(() => false);
  }

  async stop(): Promise<void> {
    if (this.#over) return;
    this.#stopping = true;
    try {
      await this.#accepted;
      await this.#line.stopPlayback(this.id);
      // Still waiting for its turn: Asterisk will skip it, and say so only then.
      if (this.#begun === 0) this.#end('stopped');
    } catch {
      // Already over, or Asterisk is out of reach: nothing more can be done from here.
    }
    if (!this.#over) this.#guardBy(stopMarginMs, () => this.#end('stopped'));
    await this.ended;
  }

  #soundBegins(at: number): void {
    this.#reached[this.#begun]?.resolve(true);
    this.#begun += 1;
    this.#begunAt = at;
    const remaining = this.#sounds.slice(this.#begun - 1).reduce((sum, sound) => sum + this.#line.lengthMs(sound), 0);
    if (!this.#stopping) this.#expectEventWithin(remaining + endMarginMs);
  }

  /** Asterisk passes over a file it cannot open, and still reports the list as done. */
  #wasSkipped(endedAt: number): boolean {
    const sound = this.#sounds[this.#begun - 1];
    return !this.#stopping && sound !== undefined && endedAt - this.#begunAt < this.#line.lengthMs(sound) / 4;
  }

  async #finished(state: string, at: number): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#guard);
    const complete = state === 'done' && this.#begun === this.#sounds.length && !this.#wasSkipped(at);
    // A hang-up ends a playback as "done" too.
    const up = this.#stopping || (await this.#line.isUp());
    if (!up) this.#end('gone');
    else this.#end(this.#stopping ? 'stopped' : complete ? 'played' : 'failed');
  }

  #expectEventWithin(ms: number): void {
    this.#guardBy(ms, () => void this.#overdue());
  }

  async #overdue(): Promise<void> {
    const begun = this.#begun;
    const playing = begun > 0 && this.#extensions++ < mostExtensions && (await this.#line.isPlaying(this.id));
    if (this.#begun !== begun || this.#closing) return;
    if (playing) this.#expectEventWithin(endMarginMs);
    else await this.#fail();
  }

  async #fail(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#guard);
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
    clearTimeout(this.#guard);
    for (const sound of this.#reached) sound.resolve(false);
    this.#settle(end);
  }
}
