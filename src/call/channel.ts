import { ExpectedError } from '../expected-error.ts';

/**
 * The port between a flow and whatever carries its sound: one leg in Asterisk, or a fake with a
 * scripted caller in tests. Everything above this line knows no Asterisk.
 */

/** A key of the telephone. RFC 4733 also has A–D, which no handset sends; adapters drop them. */
export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9' | '*' | '#';

/**
 * The name of a sound below `sounds/vi/`, without extension: `hotline/enter-code`, `digits/7`.
 */
export type Sound = string;

/**
 * Why a playback is over.
 *
 * - `played`: every sound was sent, and the channel was still up when the last one ended.
 * - `stopped`: `stop()` was called.
 * - `gone`: the caller hung up (or the PBX took the channel away) before the end.
 * - `failed`: the PBX refused a sound, or did not report the end in time.
 */
export type PlaybackEnd = 'played' | 'stopped' | 'gone' | 'failed';

/** One act of playing a list of sounds without a gap between them. */
export interface Playback {
  /** Settles once, never rejects. */
  readonly ended: Promise<PlaybackEnd>;
  /**
   * Resolves when the sound at `index` (0-based) has begun; never rejects. If the playback ends
   * first it resolves to false.
   */
  reached(index: number): Promise<boolean>;
  /**
   * Ends the playback now, but not before the PBX has accepted every playback started earlier on
   * this channel: so starting one and stopping its predecessor leaves no gap. Safe to call twice,
   * and after the end. Never rejects.
   */
  stop(): Promise<void>;
}

/** Contexts of the dialplan to which a channel can be handed back. */
export type DialplanExit = 'operator' | 'unavailable' | 'busy';

/** What the signalling of a call says about who is calling: claims, raw, of any length and form. */
export interface CallerClaims {
  /** The numbers the carrier asserts (P-Asserted-Identity), in order; a part that cannot be read is empty. */
  readonly asserted: readonly string[];
  /** The number in From, which the caller's own phone may have written. */
  readonly from: string;
  /** The call asked for its answers at another address than it came from (Via `maddr`). Absent: it did not. */
  readonly isAnsweredElsewhere?: boolean;
}

/** What the signature of a call says (a PASSporT, RFC 8225), raw, of any length and form. */
export interface Passport {
  /** The number signed (`orig.tn`). */
  readonly caller: string;
  /** The numbers it was signed for (`dest.tn`). */
  readonly called: readonly string[];
}

/** The number a call was delivered to, and what was signed. */
export interface SignedCall {
  /** The Request-URI, never To, which is the caller's own text. Raw, of any length and form. */
  readonly dialled: string;
  /** Null if the call is not signed, or that cannot be read. */
  readonly passport: Passport | null;
}

/** One leg of a call. Every method rejects with {@link ChannelGone} once the channel is gone. */
export interface Channel {
  /** The PBX's id of the channel. Not secret, carries no caller data. */
  readonly id: string;
  /**
   * The caller's number as the PBX presents it, raw and untrusted in form (any length, any
   * character, `anonymous`). Whether it may be believed is another question: {@link readClaims}.
   */
  readonly callerNumber: string;
  /** Aborted, with a {@link ChannelGone} as reason, when the channel has left: hang-up or loss. */
  readonly gone: AbortSignal;
  /** Reads the claims of a SIP call. Rejects, beside {@link ChannelGone}, when the PBX does not give them. */
  readClaims(): Promise<CallerClaims>;
  /** Reads what was signed. Rejects as {@link readClaims} does. */
  readSignature(): Promise<SignedCall>;
  /** Picks up. Does nothing on a channel that is already up. */
  answer(): Promise<void>;
  /**
   * Starts playing. The returned playback is subscribed before the PBX is asked, so no event can
   * be missed. A playback started while another runs is queued behind it and begins, without a
   * gap, when that one ends or is stopped.
   */
  play(sounds: readonly Sound[]): Playback;
  /**
   * Delivers each key once, at key-up, in order. Keys that came before the first listener are
   * kept and delivered to it first. Returns the function that removes the listener.
   */
  onDigit(listener: (digit: Digit) => void): () => void;
  /**
   * Asks the PBX whether the caller is still on the line: a playback that ended is no proof, for a
   * hang-up ends it too, and its event may still be under way.
   */
  confirmUp(): Promise<void>;
  /** Hands the channel back to the dialplan. `gone` is aborted. */
  exit(to: DialplanExit): Promise<void>;
  /** Ends the call. Safe to call twice, and after the caller has hung up; never rejects. */
  hangUp(): Promise<void>;
}

/** The channel has left the application: the caller hung up, or the PBX took it away. */
export class ChannelGone extends ExpectedError {
  override readonly name = 'ChannelGone';
  constructor(reason = 'the caller hung up') {
    super(reason);
  }
}
