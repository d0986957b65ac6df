/** Which keys Asterisk reports a second time. */
import type { DtmfEvent } from './ari-events.ts';

/** Asterisk's shortest pause between two keys, and the shortest key, ms (AST_MIN_DTMF_GAP; mindtmfduration). */
const minPauseMs = 45;
const minKeyMs = 40;
/** It looks at its clock with each packet of audio, so it may be late by one, ms. */
const packetMs = 22;

/** A moment between two, ms of Asterisk's clock. */
interface Moment {
  readonly earliest: number;
  readonly latest: number;
}

/** What Asterisk is doing with the keys of a call. It does not report when keys begin, so all is bounds. */
interface Pace {
  /** Until when it lengthens the last key. */
  readonly keyEnds: Moment;
  /** From when it takes another one. */
  readonly hasRoom: Moment;
}

const longAgo: Moment = { earliest: -Infinity, latest: -Infinity };

/**
 * Tells echoes from keys. While no file plays, Asterisk (main/channel.c, `__ast_read`) takes keys at its own pace: it
 * may lengthen one, and 45 ms follow each. A key whose end it reads before it has room is reported, put back, and
 * reported again once there is room: an echo, with the same digit and duration. It reads nothing else until then, so
 * an echo directly follows its key. While a file plays, a key is put back only if one from before it is still being
 * lengthened. All of this goes by Asterisk's clock; when we read an event says nothing.
 */
export class DtmfEcho {
  #pace: Pace = { keyEnds: longAgo, hasRoom: longAgo };
  #lastAt = Infinity;
  /** The last key, if it may have been put back, and until when its echo can come. */
  #putBack: { readonly event: DtmfEvent; readonly until: number } | null = null;

  /** Whether this event, the next one of the channel, repeats the one before. */
  isEcho(event: DtmfEvent, isPlaying: boolean): boolean {
    if (event.timestamp < this.#lastAt) this.#begin(event.timestamp);
    const isEcho =
      this.#putBack !== null && isSame(this.#putBack.event, event) && event.timestamp <= this.#putBack.until;
    if (isEcho) {
      this.#putBack = null;
      this.#pace = isPlaying ? takenAt(event.timestamp) : lengthenedFor(event.duration_ms, event.timestamp);
    } else this.#add(event, isPlaying);
    this.#lastAt = event.timestamp;
    return isEcho;
  }

  /** The first key, or a clock that was stepped back: a key that we know nothing of may have ended just now. */
  #begin(at: number): void {
    this.#putBack = null;
    this.#pace = { keyEnds: longAgo, hasRoom: { earliest: -Infinity, latest: at + minPauseMs } };
    this.#lastAt = at;
  }

  #add(event: DtmfEvent, isPlaying: boolean): void {
    const { timestamp: at, duration_ms: keyMs } = event;
    const { keyEnds, hasRoom } = this.#pace;
    const takesKeys = isPlaying ? keyEnds : hasRoom;
    const isPutBack = at < takesKeys.earliest;
    const mayBePutBack = at < takesKeys.latest;
    this.#putBack = mayBePutBack ? { event, until: isPutBack ? Infinity : hasRoom.latest + packetMs } : null;
    if (isPutBack) return;
    // A key that began before there was room counts from its end, and lasts from then on.
    const beganAt = Math.max(at - keyMs + packetMs, this.#lastAt);
    const isLate = beganAt < hasRoom.latest - packetMs;
    const next = isPlaying ? takenAt(at) : perhapsLengthenedFor(isLate ? keyMs : minKeyMs, at);
    this.#pace = mayBePutBack ? either(this.#pace, next) : next;
  }
}

function takenAt(at: number): Pace {
  return { keyEnds: longAgo, hasRoom: { earliest: at + minPauseMs, latest: at + minPauseMs } };
}

function lengthenedFor(keyMs: number, at: number): Pace {
  const earliest = at + Math.max(keyMs, minKeyMs);
  const latest = earliest + packetMs;
  return {
    keyEnds: { earliest, latest },
    hasRoom: { earliest: earliest + minPauseMs, latest: latest + minPauseMs },
  };
}

function perhapsLengthenedFor(keyMs: number, at: number): Pace {
  return either(takenAt(at), lengthenedFor(keyMs, at));
}

function either(one: Pace, other: Pace): Pace {
  return { keyEnds: between(one.keyEnds, other.keyEnds), hasRoom: between(one.hasRoom, other.hasRoom) };
}

function between(one: Moment, other: Moment): Moment {
  return { earliest: Math.min(one.earliest, other.earliest), latest: Math.max(one.latest, other.latest) };
}

function isSame(one: DtmfEvent, other: DtmfEvent): boolean {
  return one.digit === other.digit && one.duration_ms === other.duration_ms;
}
