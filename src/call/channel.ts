import { ExpectedError } from '../expected-error.ts';

/**
 * The port between a flow and the channel it runs on: one leg in Asterisk, or in tests a fake with a
 * scripted caller. Code that uses this port knows nothing about Asterisk.
 */

/** A telephone key. RFC 4733 also has A–D, which no handset sends; adapters drop them. */
export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/**
 * The name of a sound in `sounds/vi/`, without extension: `hotline/menu`, `digits/7`.
 */
export type Sound = string;

/**
 * How a playback ended.
 *
 * - `played`: every sound was sent, and the channel was still up shortly before the last one ended.
 * - `stopped`: `stop()` was called.
 * - `gone`: the caller hung up, or the PBX took the channel away, before the end.
 * - `failed`: the PBX refused a sound, or did not report the end in time.
 */
export type PlaybackEnd = 'played' | 'stopped' | 'gone' | 'failed';

/**
 * How long before its end a playback says so, ms. Enough to ask the PBX and the database and to start what follows, so
 * that it follows without a gap; less than the pause at the end of a reading and than any word.
 */
export const leadMs = 100;

/** One playback of a list of sounds without gaps. */
export interface Playback {
  /** Settles once, never rejects. */
  readonly ended: Promise<PlaybackEnd>;
  /**
   * Resolves to true when the sound at `index` (0-based) has started, or to false when the playback
   * ends first. Never rejects.
   */
  reached(index: number): Promise<boolean>;
  /**
   * Resolves to true {@link leadMs} before the last sound ends, and every sound before it was sent; to false when the
   * playback ends otherwise. A playback started then follows this one without a gap. Never rejects.
   */
  readonly nearEnd: Promise<boolean>;
  /**
   * Ends the playback, once the PBX has accepted every playback started earlier on this channel.
   * Starting a playback and then stopping its predecessor therefore leaves no gap. Safe to call
   * twice, and after the end. Never rejects.
   */
  stop(): Promise<void>;
}

/** Where in the dialplan a channel can be handed back to. */
export type DialplanExit = 'operator' | 'unavailable' | 'busy';

/** What an operator is told of the call they get: words of closed lists and an id of ours, never a code or a number. */
export interface Told {
  /** What the call has come to. */
  readonly outcome?: string;
  /** How far the caller's number is believed. */
  readonly verdict?: string;
  readonly callId?: string;
  /** `certain`: the number that the PBX shows is the caller's. Otherwise the operator sees none. */
  readonly number?: 'certain';
}

/** What the signalling says about who is calling. Raw, untrusted claims of any length and form. */
export interface CallerClaims {
  /** The numbers asserted by the carrier (P-Asserted-Identity), in order; an unreadable part is empty. */
  readonly asserted: readonly string[];
  /** The number in From, which the caller's phone may have set. */
  readonly from: string;
  /** True when a Via `maddr` redirects the responses to another address than the call came from. */
  readonly isAnsweredElsewhere?: boolean;
}

/** The content of a call's signature (a PASSporT, RFC 8225). Raw, of any length and form. */
export interface Passport {
  /** The signed number of the caller (`orig.tn`). */
  readonly caller: string;
  /** The numbers the signature was made for (`dest.tn`). */
  readonly called: readonly string[];
}

/** The number a call was delivered to, and its signature. */
export interface SignedCall {
  /** From the Request-URI, never from To, which the caller writes. Raw, of any length and form. */
  readonly dialled: string;
  /** Null when the call is not signed or the signature cannot be read. */
  readonly passport: Passport | null;
}

/** What the PBX knows of how our sound gets to the far end of a line. */
export interface LineState {
  /** The far end takes no sound: its phone has put the call on hold, or the call has no audio. */
  readonly isHeld: boolean;
  /** Packets of sound sent so far; null where the PBX does not count them. */
  readonly sent: number | null;
  /** When the PBX was asked and when it had answered, ms on one monotonic clock: it counted in between. */
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** One leg of a call. Every method rejects with {@link ChannelGone} once the channel is gone. */
export interface Channel {
  /** The id of the channel in the PBX. Not secret; contains nothing about the caller. */
  readonly id: string;
  /**
   * The caller's number as the PBX presents it: raw, of any length, with any character, or
   * `anonymous`. Whether to trust it is decided from {@link readClaims}.
   */
  readonly callerNumber: string;
  /** Aborted when the channel is gone (hang-up or loss), with a {@link ChannelGone} as reason. */
  readonly gone: AbortSignal;
  /** Reads the claims of a SIP call. Rejects with another error when the PBX does not provide them. */
  readClaims(): Promise<CallerClaims>;
  /** Reads the signature. Rejects as {@link readClaims} does. */
  readSignature(): Promise<SignedCall>;
  /** Answers the call. Does nothing when the channel is already up. */
  answer(): Promise<void>;
  /**
   * Starts playing. Events are subscribed before the PBX is asked to play, so that none is missed. A
   * playback started during another is queued behind it and starts without a gap when that one ends
   * or is stopped.
   */
  play(sounds: readonly Sound[]): Playback;
  /**
   * Delivers each key once, at key-up, in order. Keys from before the first listener are kept and
   * delivered to it first. Returns the function that removes the listener.
   */
  onDigit(listener: (digit: Digit) => void): () => void;
  /**
   * Asks the PBX whether the caller is still on the line and takes sound, and how much was sent. Proves a
   * hang-up, a hold or its end even where the event was lost. The end of a playback proves nothing: a hang-up
   * ends a playback too, and its event may not have arrived yet.
   */
  readLine(): Promise<LineState>;
  /** Calls `listener` when the far end goes on hold (true), and when it takes sound again (false). */
  onHold(listener: (isHeld: boolean) => void): void;
  /** Hands the channel back to the dialplan, which aborts `gone`. It goes there even if what it is told gets lost. */
  exit(to: DialplanExit, told?: Told): Promise<void>;
  /** Ends the call. Safe to call twice, and after the caller has hung up. Never rejects. */
  hangUp(): Promise<void>;
}

/** Why a channel has left the application. It becomes the reason of the call that was on it. */
export type GoneReason =
  | 'the caller hung up'
  | 'the application hung up'
  | 'handed back to the dialplan'
  | 'the channel is no longer there'
  | 'the channel has left the application'
  | 'the PBX took the call back'
  | 'cut: the application was stopping'
  | 'the line was on hold for too long'
  | 'no sound went out to the line';

/** The channel has left the application: the caller hung up, or the PBX took the channel away. */
export class ChannelGone extends ExpectedError {
  override readonly name = 'ChannelGone';
  readonly reason: GoneReason;

  constructor(reason: GoneReason = 'the caller hung up') {
    super(reason);
    this.reason = reason;
  }
}

/** What was said did not go out to a line that took it, for so long that the call ends as by a hang-up. */
export class LineTookNoSound extends ChannelGone {}
