/** An answered call driven by a script: wait for a recording, press keys, hang up. */
import { performance } from 'node:perf_hooks';
import pTimeout from 'p-timeout';
import type { CallLog } from './call-log.ts';
import type { KeyTiming } from './key-script.ts';
import type { PacketSpacing, Phone } from './phone.ts';
import type { Hold } from './sdp.ts';
import type { EndedBy, OfferedIn, SipLeg } from './sip-leg.ts';
import { digitOf, renderTranscript, type HeardEntry, type TranscriptEntry } from './transcript.ts';
import { ExpectedError } from '../expected-error.ts';

/** An expected recording was not heard. The message contains the readable transcript. */
export class NotHeard extends ExpectedError {
  override readonly name = 'NotHeard';
  constructor(expected: string, why: string, entries: readonly TranscriptEntry[]) {
    super([`${expected}: ${why}. The call so far:`, ...renderTranscript(entries)].join('\n  '));
  }
}

/** When a wait ends. */
export interface WaitOptions {
  /** Longest wait, from the start of the call of the method. Default 60,000. */
  readonly deadlineMs?: number;
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The name of a recording, or a pattern for names. */
export type SoundName = string | RegExp;

/** How the call ended. */
export interface CallEnd {
  readonly by: EndedBy;
  /** Time after the answer. */
  readonly atMs: number;
}

/** The signalling of a call, outgoing or incoming. */
export interface Leg {
  readonly ended: Promise<EndedBy>;
  hangUp(): Promise<void>;
  /** Puts the call on hold, or takes it back; see {@link SipLeg.offerMedia}. */
  offerMedia(hold: Hold | undefined, offeredIn: OfferedIn): Promise<number>;
  /** Only on the calling side. */
  changeIdentity?: SipLeg['changeIdentity'];
  register?: SipLeg['register'];
  request?: SipLeg['request'];
}

/** How a phone holds. */
export interface HoldOptions {
  readonly by?: Hold;
  readonly offeredIn?: OfferedIn;
  /** Whether the phone goes on sending RTP. Default: unless it holds by `inactive`. */
  readonly keepsSending?: boolean;
}

/** The media, the signalling and the log of an answered call. */
export interface CallParts {
  readonly leg: Leg;
  readonly phone: Phone;
  readonly log: CallLog;
  /** Time of the answer, on the clock of `performance.now()`. */
  readonly answeredAtMs: number;
}

const defaultDeadlineMs = 60_000;
const isNamed = (name: string, wanted: SoundName): boolean =>
  typeof wanted === 'string' ? name === wanted : wanted.test(name);

/** Created by `placeCall`. A wait ends with the awaited recording, the end of the call or its deadline. */
export class ScriptedCall {
  readonly #parts: CallParts;
  /** Resolves, never rejects, when either side has hung up. */
  readonly ended: Promise<CallEnd>;
  /** Index of the first entry that no wait has returned or skipped. */
  #position = 0;
  /** Entries that `heardToEnd` has returned. */
  readonly #taken = new Set<number>();
  /** Notes the end of the hold under way. */
  #release: ReturnType<CallLog['addHeld']> | undefined;

  constructor(parts: CallParts, ended: Promise<CallEnd>) {
    this.#parts = parts;
    this.ended = ended;
  }

  /** Time since the answer. */
  get nowMs(): number {
    return performance.now() - this.#parts.answeredAtMs;
  }

  /**
   * Waits for a recording to start, skipping others; one that an earlier wait returned or skipped does
   * not count. Returns at once when the recording has already started.
   *
   * @throws {NotHeard} when the call ends or the deadline passes first
   */
  async hears(wanted: SoundName, options: WaitOptions = {}): Promise<HeardEntry> {
    const at = await this.#find(wanted, this.#position, options, () => true);
    this.#position = at + 1;
    return this.#heardAt(at);
  }

  /**
   * Waits until a recording has been heard to its last frame: the one returned by the last `hears` if
   * it has this name, else the next one.
   *
   * @throws {NotHeard} also when the recording is cut off
   */
  async heardToEnd(wanted: SoundName, options: WaitOptions = {}): Promise<HeardEntry> {
    const last = this.#parts.log.entries[this.#position - 1];
    const from =
      last?.kind === 'heard' && isNamed(last.name, wanted) && !this.#taken.has(this.#position - 1)
        ? this.#position - 1
        : this.#position;
    const at = await this.#find(wanted, from, options, (entry) => entry.complete !== undefined);
    this.#position = at + 1;
    this.#taken.add(at);
    const entry = this.#heardAt(at);
    if (!entry.complete)
      throw new NotHeard(
        `expected to hear ${String(wanted)} to its end`,
        'it was cut off',
        this.transcript(),
      );
    return entry;
  }

  /**
   * Presses keys; resolves after the pause that follows the last. Those of a phone that sends nothing now
   * are not in the transcript.
   */
  async keys(keys: string, timing: KeyTiming = {}): Promise<void> {
    const { phone, log } = this.#parts;
    const release = phone.isSending ? log.addKeyed(keys, this.nowMs) : () => undefined;
    await phone.press(keys, timing);
    release(this.nowMs - (timing.gapMs ?? 100));
  }

  /** Changes the caller's identity during an outgoing call; see {@link SipLeg.changeIdentity}. */
  async changeIdentity(...claim: Parameters<SipLeg['changeIdentity']>): Promise<number> {
    const { leg } = this.#parts;
    if (!leg.changeIdentity) throw new Error('only the calling side can change the identity of the caller');
    return leg.changeIdentity(...claim);
  }

  /** Sends another request within an outgoing call; see {@link SipLeg.request}. */
  async request(...request: Parameters<SipLeg['request']>): Promise<number> {
    const { leg } = this.#parts;
    if (!leg.request) throw new Error('only the calling side sends other requests');
    return leg.request(...request);
  }

  /** Registers the calling softphone, or renews its registration; see {@link SipLeg.register}. */
  async register(): Promise<number> {
    const { leg } = this.#parts;
    if (!leg.register) throw new Error('only the calling side can register');
    return leg.register();
  }

  /**
   * Puts the call on hold. From now on nothing that arrives counts as heard, unless the PBX refuses: then
   * the call goes on as it was (RFC 3261, 14.1).
   *
   * @returns the status of the PBX's answer
   */
  async hold({
    by = 'inactive',
    offeredIn = 'INVITE',
    keepsSending = by !== 'inactive',
  }: HoldOptions = {}): Promise<number> {
    this.#parts.phone.hold(keepsSending);
    this.#release ??= this.#parts.log.addHeld(this.nowMs);
    const status = await this.#parts.leg.offerMedia(by, offeredIn);
    if (status >= 300) this.#takeSound({ wasRefused: true });
    return status;
  }

  /** Takes the call back from hold. */
  async resume(offeredIn: OfferedIn = 'INVITE'): Promise<number> {
    this.#takeSound();
    return this.#parts.leg.offerMedia(undefined, offeredIn);
  }

  #takeSound({ wasRefused = false } = {}): void {
    this.#parts.phone.resume();
    this.#release?.(this.nowMs, wasRefused);
    this.#release = undefined;
  }

  /** The phone sends no more sound and no more keys, and says nothing about it. */
  fallSilent(): void {
    this.#parts.phone.fallSilent();
  }

  /**
   * Packets of sound that arrived after a time in ms after the answer: while the phone took sound, and
   * while it was on hold.
   */
  packetsSince(fromMs: number): { heard: number; held: number } {
    const { phone, answeredAtMs } = this.#parts;
    return phone.packetsSince(answeredAtMs + fromMs);
  }

  /** Hangs up. Does nothing if the call is over. Never rejects. */
  async hangUp(): Promise<void> {
    await this.#parts.leg.hangUp();
    await this.ended;
  }

  /** The digits heard, one string for each reading: digits without another recording between them. */
  digitsHeard(): string[] {
    const heard = this.transcript()
      .filter((entry) => entry.kind === 'heard')
      .map((entry) => digitOf(entry.name) ?? ' ');
    return heard
      .join('')
      .split(' ')
      .filter((reading) => reading !== '');
  }

  /** The packets of audio received so far, in the call's codec. */
  get audio(): readonly Buffer[] {
    return this.#parts.phone.audio;
  }

  /** Everything so far, in order. */
  transcript(): readonly TranscriptEntry[] {
    return [...this.#parts.log.entries];
  }

  /** The widest spacing between packets in a span of the call, in ms after the answer. */
  packetSpacing(fromMs: number, toMs: number): PacketSpacing {
    const { phone, answeredAtMs } = this.#parts;
    return phone.packetSpacing(answeredAtMs + fromMs, answeredAtMs + toMs);
  }

  #heardAt(at: number): HeardEntry {
    return this.#parts.log.entries[at] as HeardEntry;
  }

  /** Finds the first `heard` entry with the wanted name at or after `from`, once it satisfies `done`. */
  async #find(
    wanted: SoundName,
    from: number,
    options: WaitOptions,
    done: (entry: HeardEntry) => boolean,
  ): Promise<number> {
    const { log } = this.#parts;
    const { deadlineMs = defaultDeadlineMs, signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const notHeard = (why: string) => new NotHeard(`expected to hear ${String(wanted)}`, why, log.entries);
    const look = () => {
      const at = log.entries.findIndex(
        (entry, index) => index >= from && entry.kind === 'heard' && isNamed(entry.name, wanted),
      );
      const entry = log.entries[at];
      if (entry?.kind === 'heard' && done(entry)) resolve(at);
      else if (log.entries.at(-1)?.kind === 'ended') reject(notHeard('the call ended'));
    };
    const unwatch = log.watch(look);
    look();
    try {
      return await pTimeout(promise, {
        milliseconds: deadlineMs,
        // Made then, with what has been heard by then.
        fallback: () => {
          throw notHeard(`not within ${deadlineMs} ms`);
        },
        ...(signal && { signal }),
      });
    } finally {
      unwatch();
    }
  }
}
