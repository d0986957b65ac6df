/**
 * The timer that Asterisk keeps on each of our calls (docs/adr/0025-lease-and-timer.md). When it runs out,
 * the dialplan takes the call back and apologises: then we are frozen, cut off or dead.
 */
import { setImmediate } from 'node:timers/promises';
import type { Client } from 'ari-client';
import type { Sound } from '../../call/channel.ts';
import { isSilence } from '../../call/prompts.ts';

/**
 * How long Asterisk waits for us once what it plays is over, ms. The caller may hear silence for 3 s at
 * most. extensions-hotline.conf sets the same before `Stasis()`.
 */
export const allowedSilenceMs = 2800;
/** Longer sentences are covered piece by piece, so that a frozen process lets the caller go within 20 s, ms. */
const maxCoveredMs = 14_000;
/** While nothing is said, the timer is set anew this often, and first this long after a sentence, ms. */
const renewMs = 1000;
const retryMs = 300;
/** The script always says something, or hears a key, within this time; 60 s on hold is the longest, ms. */
const longestWaitMs = 75_000;
/** For the dialplan, which then sets its own, ms. */
const liftedMs = 900_000;

/** What the timer needs of its channel. */
export interface TimerLine {
  /** Sets the timer: Asterisk takes the call back after `ms`. */
  setTimer(ms: number): Promise<void>;
  /** Whether keys and hang-ups reach us. A caller whose keys do not is not kept. */
  hears(): boolean;
  readonly gone: AbortSignal;
}

/**
 * The line of a channel in Asterisk. Through EXPORT, because a variable set on the channel itself would
 * wait for its playbacks.
 */
export function timedBy(
  { client, hears }: { readonly client: Client; readonly hears: () => boolean },
  { id, gone }: { readonly id: string; readonly gone: AbortSignal },
): TimerLine {
  const variable = `EXPORT(${id},TIMEOUT(absolute))`;
  return {
    gone,
    hears,
    setTimer: async (ms) => await client.asterisk.setGlobalVar({ variable, value: (ms / 1000).toFixed(3) }),
  };
}

/** Sets one channel's timer anew for as long as this process serves it. */
export class ChannelTimer {
  readonly #line: TimerLine;
  /** When what Asterisk plays by itself is over. All times by `performance.now()`. */
  #coveredUntil = 0;
  #lastSignAt = -Infinity;
  /** When the timer runs out, as last confirmed. */
  #firesAt = Infinity;
  #isStopped = false;
  #isOutdated = false;
  #setting: Promise<void> | undefined;
  #next: NodeJS.Timeout | undefined;

  constructor(line: TimerLine) {
    this.#line = line;
    line.gone.addEventListener('abort', () => this.#stop(), { once: true });
  }

  /** Asterisk now plays these sounds, and does not need us until the silence at their end. */
  cover(sounds: readonly Sound[], lengthMs: (sound: Sound) => number): void {
    const spoken = sounds.slice(0, sounds.findLastIndex((sound) => !isSilence(sound)) + 1);
    this.#coveredUntil = performance.now() + spoken.reduce((sum, sound) => sum + lengthMs(sound), 0);
    this.noteSign();
    if (spoken.length > 0 || !this.#covers(this.#coveredUntil)) this.#set();
  }

  /** Whether the timer fits silence that begins now: it does behind a whole sentence, and not where a sentence was cut. */
  #covers(now: number): boolean {
    return this.#setting === undefined && this.#firesAt <= now + allowedSilenceMs;
  }

  /** The script or the caller has done something. */
  noteSign(): void {
    this.#lastSignAt = performance.now();
  }

  /** Whether it has run out: the call is the dialplan's by now, even if no event said so. */
  get hasRunOut(): boolean {
    return performance.now() >= this.#firesAt;
  }

  /** Stops, and resolves when nothing more reaches Asterisk, which would undo what another sets. Never rejects. */
  async stop(): Promise<void> {
    this.#stop();
    await this.#setting;
  }

  /** Stops, and lifts the timer if it was ever set, for a call that goes back to the dialplan. Never rejects. */
  async release(): Promise<void> {
    const wasUsed = this.#lastSignAt > -Infinity;
    await this.stop(); // or the operator's conversation would be cut
    if (wasUsed) await this.#line.setTimer(liftedMs).catch(() => undefined);
  }

  #stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#next);
  }

  /** One at a time, since an earlier request could overtake a later one. */
  #set(): void {
    this.#isOutdated = true;
    this.#setting ??= this.#setLatest().finally(() => (this.#setting = undefined));
  }

  async #setLatest(): Promise<void> {
    clearTimeout(this.#next);
    let isSet = true;
    while (this.#isOutdated && !this.#isStopped) {
      this.#isOutdated = false;
      const now = performance.now();
      if (this.hasRunOut) return this.#stop(); // the call is no longer ours
      const restMs = Math.min(Math.max(0, this.#coveredUntil - now), maxCoveredMs);
      const ms = restMs + allowedSilenceMs;
      isSet = await this.#line.setTimer(ms).then(
        () => true,
        () => false,
      );
      if (isSet) this.#firesAt = now + ms;
    }
    const restMs = Math.min(Math.max(0, this.#coveredUntil - performance.now()), maxCoveredMs / 2);
    const nextMs = isSet ? restMs + renewMs : retryMs;
    if (!this.#isStopped) this.#next = setTimeout(() => void this.#renew(), nextMs).unref();
  }

  async #renew(): Promise<void> {
    await setImmediate(); // after a freeze: read first whether the call was taken back
    if (performance.now() - this.#lastSignAt > longestWaitMs) return this.#stop();
    if (this.#line.hears()) this.#set();
    else if (!this.#isStopped) this.#next = setTimeout(() => void this.#renew(), retryMs).unref();
  }
}
