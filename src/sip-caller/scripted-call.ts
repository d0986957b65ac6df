/** An answered call as a script sees it: hear this, press that, hang up. */
import { performance } from 'node:perf_hooks';
import type { CallLog } from './call-log.ts';
import type { KeyTiming } from './key-script.ts';
import type { PacketSpacing, Phone } from './phone.ts';
import type { EndedBy, SipLeg } from './sip-leg.ts';
import { digitOf, renderTranscript, type HeardEntry, type TranscriptEntry } from './transcript.ts';
import { ExpectedError } from '../expected-error.ts';

/** What was waited for did not come. The message holds the readable transcript. */
export class NotHeard extends ExpectedError {
  override readonly name = 'NotHeard';
  constructor(expected: string, why: string, entries: readonly TranscriptEntry[]) {
    super([`${expected}: ${why}. The call so far:`, ...renderTranscript(entries)].join('\n  '));
  }
}

/** How long to wait. */
export interface WaitOptions {
  /** Longest wait, counted from the request. Default 60,000 ms. */
  readonly deadlineMs?: number;
  /** Ends the wait early; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** A recording's name, or a pattern of names. */
export type SoundName = string | RegExp;

/** How the call ended. */
export interface CallEnd {
  readonly by: EndedBy;
  /** ms after the answer. */
  readonly atMs: number;
}

/** The signalling of a call, whoever called whom. */
export interface Leg {
  readonly ended: Promise<EndedBy>;
  hangUp(): Promise<void>;
  /** Only who called can say anew who is calling. */
  claimAnew?: SipLeg['claimAnew'];
}

/** The media, the signalling and the log of an answered call. */
export interface CallParts {
  readonly leg: Leg;
  readonly phone: Phone;
  readonly log: CallLog;
  /** When the answer came, on the clock of `performance.now()`. */
  readonly answeredAtMs: number;
}

const DEADLINE_MS = 60_000;
const isNamed = (name: string, wanted: SoundName): boolean =>
  typeof wanted === 'string' ? name === wanted : wanted.test(name);

/** Made by `placeCall`. Waits never sleep: each ends with what it waits for, the call or its deadline. */
export class ScriptedCall {
  readonly #parts: CallParts;
  /** Resolves, never rejects, when either side has hung up. */
  readonly ended: Promise<CallEnd>;
  /** Index of the first entry not yet taken by a wait. */
  #position = 0;
  /** Entries a `heardToEnd` has returned. */
  readonly #taken = new Set<number>();

  constructor(parts: CallParts, ended: Promise<CallEnd>) {
    this.#parts = parts;
    this.ended = ended;
  }

  /** ms since the answer. */
  get nowMs(): number {
    return performance.now() - this.#parts.answeredAtMs;
  }

  /**
   * Waits for a recording to begin that was not taken by a wait before; those in between are passed
   * over. Returns at once when it has begun already.
   *
   * @throws {NotHeard} when the call ends or the deadline passes first
   */
  async hears(wanted: SoundName, options: WaitOptions = {}): Promise<HeardEntry> {
    const at = await this.#find(wanted, this.#position, options, () => true);
    this.#position = at + 1;
    return this.#heardAt(at);
  }

  /**
   * Waits until a recording has been heard to its last frame: the one the last `hears` returned if
   * it is of that name, else the next one.
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

  /** Presses keys; resolves when the pause after the last one is over. */
  async keys(keys: string, timing: KeyTiming = {}): Promise<void> {
    const release = this.#parts.log.keyed(keys, this.nowMs);
    await this.#parts.phone.press(keys, timing);
    release(this.nowMs - (timing.gapMs ?? 100));
  }

  /** Says in the middle of a call that was placed who is calling now; see {@link SipLeg.claimAnew}. */
  async claimAnew(...claim: Parameters<SipLeg['claimAnew']>): Promise<number> {
    const { leg } = this.#parts;
    if (!leg.claimAnew) throw new Error('who was called cannot claim to be another caller');
    return leg.claimAnew(...claim);
  }

  /** Hangs up. Does nothing when the call is over. Never rejects. */
  async hangUp(): Promise<void> {
    await this.#parts.leg.hangUp();
    await this.ended;
  }

  /** Digits heard one after the other, without another recording between them, reading by reading. */
  digitsHeard(): string[] {
    const heard = this.transcript()
      .filter((entry) => entry.kind === 'heard')
      .map((entry) => digitOf(entry.name) ?? ' ');
    return heard
      .join('')
      .split(' ')
      .filter((reading) => reading !== '');
  }

  /** Everything so far, in order. */
  transcript(): readonly TranscriptEntry[] {
    return [...this.#parts.log.entries];
  }

  /** The widest spacing of packets in a span of the call, ms after the answer. */
  packetSpacing(fromMs: number, toMs: number): PacketSpacing {
    const { phone, answeredAtMs } = this.#parts;
    return phone.packetSpacing(answeredAtMs + fromMs, answeredAtMs + toMs);
  }

  #heardAt(at: number): HeardEntry {
    return this.#parts.log.entries[at] as HeardEntry;
  }

  /** Index of the first matching `heard` entry from a position on, once it satisfies `done`. */
  async #find(
    wanted: SoundName,
    from: number,
    options: WaitOptions,
    done: (entry: HeardEntry) => boolean,
  ): Promise<number> {
    const { log } = this.#parts;
    const { deadlineMs = DEADLINE_MS, signal } = options;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const fail = (why: string): void => {
      reject(new NotHeard(`expected to hear ${String(wanted)}`, why, log.entries));
    };
    const look = (): void => {
      const at = log.entries.findIndex(
        (entry, index) => index >= from && entry.kind === 'heard' && isNamed(entry.name, wanted),
      );
      const entry = log.entries[at];
      if (entry?.kind === 'heard' && done(entry)) resolve(at);
      else if (log.entries.at(-1)?.kind === 'ended') fail('the call ended');
    };
    const abort = (): void => {
      reject(signal?.reason as Error);
    };
    const unwatch = log.watch(look);
    const timer = setTimeout(() => {
      fail(`not within ${deadlineMs} ms`);
    }, deadlineMs);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    look();
    try {
      return await promise;
    } finally {
      unwatch();
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }
}
