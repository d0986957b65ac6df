/**
 * Whether the far end of a call takes our sound: not while its phone is on hold, and not where no sound
 * is sent. What was played to such a line was not heard.
 */
import { ChannelGone, LineTookNoSound, type Channel, type LineState } from './channel.ts';

/** How long a line may be without sound, ms: in a row, and in all. A prepared reset expires after 5 minutes. */
const inARowMs = 60_000;
const inAllMs = 180_000;
/** How often the PBX is asked while the line takes no sound: the event that it takes sound may be lost, ms. */
const askMs = 1000;
/** Shortest time over which no packet means that none is sent, and over which the usual rate is measured, ms. */
const muteMs = 900;
const measureMs = 3000;
/**
 * The least share of the line's usual packets that a sentence must bring, and the longest sound that may be
 * missing, ms: less than a digit. A hold whose events are lost brings less.
 */
const wholeShare = 0.9;
const maxMissingMs = 400;
/** The longest packets that a phone may ask for, ms of sound. */
const longestPacketMs = 200;

/** How old an answer of the PBX may be to mark the moment at which a sentence begins, ms. */
const freshMs = 200;

/** A moment: how often the line had been on hold by then, and what the PBX said of it. */
interface Mark {
  readonly holds: number;
  readonly state: LineState;
}

/** Watches one line, by the PBX's events and by asking, since an event may be lost. */
export class LineWatch {
  readonly #channel: Channel;
  #isHeld = false;
  /** Nothing was sent for a while, although something was playing. */
  #isMute = false;
  #last: LineState | undefined;
  #latest: Mark | undefined;
  /** The highest rate seen, in packets a ms. */
  #highestRate = 1 / longestPacketMs;
  /** How often the line was, or may have been, on hold. */
  #holds = 0;
  #interruption = new AbortController();
  #changed: PromiseWithResolvers<void> = Promise.withResolvers();
  #closedInAllMs = 0;
  #over: LineTookNoSound | undefined;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.onHold((isHeld) => this.#note(isHeld));
  }

  /** Aborted when the line goes on hold. */
  get interruption(): AbortSignal {
    return this.#interruption.signal;
  }

  /** A mark in time, for {@link tookAllSince}. An answer that the PBX gave just now serves as well as a new one. */
  async mark(): Promise<Mark> {
    const holds = this.#holds;
    const latest = this.#latest;
    if (latest?.holds === holds && performance.now() - latest.state.askedAtMs < freshMs) return latest;
    return { holds, state: await this.#ask() };
  }

  /**
   * Whether everything played since a mark went out to a line that took it: no hold, however short, and
   * as many packets as the line usually gets. Asks the PBX.
   */
  async tookAllSince({ holds, state }: Mark): Promise<boolean> {
    const now = await this.#ask();
    if (this.#isHeld || this.#holds !== holds) return false;
    const rate = rateBetween(state, now);
    if (rate === null) return true;
    const leastShare = Math.max(wholeShare, 1 - maxMissingMs / rate.ms);
    return rate.atMost >= leastShare * this.#usualRate;
  }

  /** Whether the line takes sound now. Asks the PBX. */
  async isOpen(): Promise<boolean> {
    await this.#ask();
    return !this.isClosed;
  }

  /**
   * Resolves when the line takes sound, mostly at once.
   *
   * @throws LineTookNoSound then and from then on, if that takes too long; ChannelGone
   */
  async whenOpen(): Promise<void> {
    if (this.#over !== undefined) throw this.#over;
    if (!this.isClosed) return;
    const patience = new AbortController();
    const leftMs = Math.min(inARowMs, inAllMs - this.#closedInAllMs);
    const timer = setTimeout(() => patience.abort(), leftMs);
    try {
      for (let waitedMs = 0; this.isClosed; waitedMs += askMs) {
        await this.#changeWithin(askMs, patience.signal);
        this.#channel.gone.throwIfAborted();
        if (patience.signal.aborted) throw this.giveUp();
        this.#closedInAllMs += askMs;
        await this.#ask().catch(rethrowGone); // an answer may be lost too
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Gives up the line, from now on, because what is sent does not arrive. */
  giveUp(): LineTookNoSound {
    return (this.#over ??= new LineTookNoSound(
      this.#isHeld ? 'the line was on hold for too long' : 'no sound went out to the line',
    ));
  }

  /** Whether the line takes no sound, as far as is known. */
  get isClosed(): boolean {
    return this.#isHeld || this.#isMute;
  }

  async #ask(): Promise<LineState> {
    const now = await this.#channel.readLine();
    if (now.isHeld !== this.#isHeld) this.#note(now.isHeld);
    this.#measure(now);
    this.#latest = { holds: this.#holds, state: now };
    return now;
  }

  #measure(now: LineState): void {
    const rate = this.#last === undefined ? null : rateBetween(this.#last, now);
    if (rate !== null && rate.ms < muteMs) return;
    this.#last = now;
    if (rate === null) return;
    this.#isMute = rate.atMost === 0 && !this.#isHeld;
    if (rate.ms >= measureMs) this.#highestRate = Math.max(this.#highestRate, rate.atLeast);
  }

  /**
   * The rate at which the line is sent packets, a ms. They hold whole tens of ms of sound, so this is exact
   * although a PBX that was late for a moment sends faster after it.
   */
  get #usualRate(): number {
    const packetMs = Math.max(1, Math.round(1 / this.#highestRate / 10)) * 10;
    return 1 / packetMs;
  }

  #note(isHeld: boolean): void {
    // Taken back without having been on hold: an event was lost, and with it perhaps a part of a sentence.
    this.#holds++;
    this.#isMute = false;
    this.#last = undefined;
    this.#isHeld = isHeld;
    if (isHeld) this.#interruption.abort();
    else if (this.#interruption.signal.aborted) this.#interruption = new AbortController();
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async #changeWithin(ms: number, patience: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listening = new AbortController();
    const timer = setTimeout(resolve, ms);
    void this.#changed.promise.then(resolve);
    for (const signal of [this.#channel.gone, patience])
      signal.addEventListener('abort', () => resolve(), { signal: listening.signal });
    if (!this.#channel.gone.aborted) await promise;
    clearTimeout(timer);
    listening.abort();
  }
}

/** Packets a ms between two states, as far as the times of asking tell; null if they are not counted. */
function rateBetween(
  before: LineState,
  now: LineState,
): { readonly atLeast: number; readonly atMost: number; readonly ms: number } | null {
  if (before.sent === null || now.sent === null) return null;
  const packets = now.sent - before.sent;
  const ms = now.askedAtMs - before.answeredAtMs;
  return {
    atLeast: packets / Math.max(now.answeredAtMs - before.askedAtMs, 1),
    atMost: packets / Math.max(ms, 1),
    ms,
  };
}

function rethrowGone(error: unknown): void {
  if (error instanceof ChannelGone) throw error;
}
