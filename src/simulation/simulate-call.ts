/**
 * One call without PBX and database: the script, ledger, limits and reset protocol of the real one, on a line and a
 * registry in memory. Knows no time but that of its timers, so it runs in real time or in virtual-time.ts.
 */
import { Writable } from 'node:stream';
import { hashPassword } from '../accounts/password-hash.ts';
import type { DrawDigit } from '../accounts/password.ts';
import { maskPhone, normalisePhone } from '../accounts/phone-number.ts';
import { vndOf } from '../call/paths/path-cost.ts';
import type { NamedBranch } from '../hotline/branch.ts';
import { takeCall } from '../hotline/take-call.ts';
import { createLogger, type Logger } from '../logger.ts';
import type { CallOutcome, IdentityVerdict } from '../registry/call-records.ts';
import type { ResetState } from '../registry/resets.ts';
import type { CallEvent, EndedBy } from './call-events.ts';
import { FakeChannel } from './fake-channel.ts';
import { hotlineOver } from './hotline-over.ts';
import { checkInvariants, type Invariant } from './invariants.ts';
import { MemoryRegistry } from './memory-registry.ts';
import { chooseInMenu, sayGoodbye } from './menu.ts';
import { longestSilence, readingsIn, type Reading } from './readings.ts';
import type { SimulatedHotline } from './simulated-hotline.ts';

/** One call to it. */
export interface SimulatedCall {
  /** The number that the PBX shows. Empty: withheld. */
  readonly from: string;
  /** Goes straight to this branch; without one the menu comes first. */
  readonly branch?: NamedBranch;
  /** Puts a person on the line before it is answered. */
  readonly person: (channel: FakeChannel) => void;
  /** Sets up what may go wrong. @param tell to be called when it does */
  readonly trouble?: (parts: TroubledParts, tell: (what: string) => void) => void;
  /** Absent: passwords are random. */
  readonly drawDigit?: DrawDigit;
  readonly onEvent?: (event: CallEvent) => void;
}

export interface TroubledParts {
  readonly registry: MemoryRegistry;
  readonly channel: FakeChannel;
  /** Aborted when the call has ended and its row is written: nothing more can go wrong. */
  readonly over: AbortSignal;
}

/** What came of a call. */
export interface CallReport {
  /** The caller's number, masked; empty: withheld. */
  readonly from: string;
  /** Null: the call ended in the menu, or the dialplan went on with it. */
  readonly branch: string | null;
  /** How far the number is believed; null: nobody has asked. */
  readonly verdict: IdentityVerdict | null;
  readonly outcome: CallOutcome | null;
  readonly reason: string | null;
  /** The last one of the call; null: there was none. */
  readonly reset: ResetState | null;
  /** Whether the caller was told that the password has changed. */
  readonly toldChanged: boolean;
  readonly readings: readonly Reading[];
  readonly endedBy: EndedBy;
  /** From the answer to the end. */
  readonly seconds: number;
  readonly vnd: number;
  readonly invariants: readonly Invariant[];
  readonly events: readonly (CallEvent & { readonly complete?: boolean })[];
}

/** As in the dialplan: no call lasts longer, ms. */
const maxCallMs = 900_000;
/** A timer may be late by this, ms. */
const graceMs = 500;
const oldHash = hashOnce('24681357');

/** Places the call, and resolves when it has ended and its row is written. */
export async function simulateCall(hotline: SimulatedHotline, call: SimulatedCall): Promise<CallReport> {
  const hash = await oldHash();
  return new Simulation(hotline, call, hash).run();
}

function hashOnce(password: string): () => Promise<string> {
  let hash: Promise<string> | undefined;
  return () => (hash ??= hashPassword(password));
}

class Simulation {
  readonly #hotline: SimulatedHotline;
  readonly #call: SimulatedCall;
  readonly #registry: MemoryRegistry;
  readonly #channel: FakeChannel;
  readonly #events: CallEvent[] = [];
  readonly #keyed: string[] = [];
  readonly #log: string[] = [];
  readonly #answeredAt = Date.now();
  #branch: string | null = null;
  #endedBy: EndedBy | undefined;
  #endedAtMs = 0;

  constructor(hotline: SimulatedHotline, call: SimulatedCall, hash: string) {
    this.#hotline = hotline;
    this.#call = call;
    this.#registry = new MemoryRegistry({ limits: hotline.limits });
    for (const { bhxhCode, phone, personalId } of hotline.citizens) {
      const id = this.#registry.addAccount({ bhxhCode, phone, passwordHash: hash });
      if (personalId !== undefined) this.#registry.addCode(id, personalId);
    }
    this.#channel = new FakeChannel({ id: 'simulated', callerNumber: call.from, lengths: hotline.lengths });
    this.#watch();
  }

  async run(): Promise<CallReport> {
    const hashesBefore = new Map(this.#registry.accounts.map(({ id, passwordHash }) => [id, passwordHash]));
    const end = setTimeout(() => this.#channel.disappear(), maxCallMs);
    this.#channel.gone.addEventListener('abort', () => clearTimeout(end));
    const over = new AbortController();
    const parts = { registry: this.#registry, channel: this.#channel, over: over.signal };
    this.#call.trouble?.(parts, (what) => this.#note({ kind: 'trouble', atMs: this.#now, what }));
    this.#call.person(this.#channel);
    await this.#serve();
    over.abort();
    return this.#report(hashesBefore);
  }

  /** Ms after the answer. */
  get #now(): number {
    return Math.round(Date.now() - this.#answeredAt);
  }

  #note(event: CallEvent): void {
    this.#events.push(event);
    this.#call.onEvent?.(event);
  }

  #watch(): void {
    const channel = this.#channel;
    channel.whenHeard(({ sound }) => {
      const lengthMs = Math.round(this.#hotline.lengths.get(sound) ?? 0);
      this.#note({ kind: 'heard', atMs: this.#now, sound, lengthMs });
    });
    channel.whenPressed((keys) => {
      this.#keyed.push(keys);
      this.#note({ kind: 'keyed', atMs: this.#now, keys });
    });
    channel.gone.addEventListener('abort', () => this.#end());
  }

  #end(): void {
    const { hungUpBy, exitedTo } = this.#channel;
    const whose = { caller: 'caller', application: 'hotline' } as const;
    this.#endedBy ??= hungUpBy !== undefined ? whose[hungUpBy] : exitedTo === undefined ? 'pbx' : 'operator';
    this.#endedAtMs = this.#now;
    this.#note({ kind: 'ended', atMs: this.#endedAtMs, by: this.#endedBy });
  }

  async #serve(): Promise<void> {
    const branch = this.#call.branch ?? (await this.#choose().catch(() => undefined)); // hung up in the menu
    if (branch === undefined) return this.#channel.hangUp();
    this.#branch = branch.name;
    const hotline = hotlineOver(this.#registry, this.#logger(), {
      script: this.#hotline.script,
      ...(this.#call.drawDigit !== undefined && { drawDigit: this.#call.drawDigit }),
    });
    this.#registry.instances.hold({ ...hotline, process: 'simulated' });
    await takeCall(this.#channel, hotline, branch, this.#call.from === '' ? 'withheld' : 'asserted');
    await hotline.ledger.flush();
  }

  /** The branch that was chosen; undefined where the dialplan itself goes on. @throws ChannelGone */
  async #choose(): Promise<NamedBranch | undefined> {
    const choice = await chooseInMenu(this.#channel, this.#hotline.siteKeys);
    if (choice === 'goodbye') await sayGoodbye(this.#channel);
    else if (typeof choice === 'object') return this.#hotline.branches.get(choice.branch);
    this.#endedBy = choice === 'goodbye' ? 'hotline' : choice;
    if (choice === 'operator') await this.#channel.exit('operator', { outcome: 'menu' });
    return undefined;
  }

  #logger(): Logger {
    const lines = new Writable({
      decodeStrings: false,
      write: (line: string, _encoding, done) => {
        this.#log.push(line);
        done();
      },
    });
    return createLogger({ level: 'debug', format: 'json' }, lines);
  }

  async #report(hashesBefore: ReadonlyMap<unknown, string>): Promise<CallReport> {
    const registry = this.#registry;
    const row = registry.audit.at(-1);
    const readings = readingsIn(this.#channel.heard, this.#hotline.script.passwordLength);
    const heard = this.#channel.heard.map(({ sound }) => sound);
    return {
      from: maskPhone(this.#phone ?? this.#call.from),
      branch: this.#branch,
      verdict: row?.identity ?? null,
      outcome: row?.outcome ?? null,
      reason: row?.reason ?? null,
      reset: [...registry.resets.values()].at(-1)?.state ?? null,
      toldChanged: heard.includes('hotline/changed'),
      readings,
      endedBy: this.#endedBy ?? 'pbx',
      seconds: this.#endedAtMs / 1000,
      vnd: vndOf(this.#endedAtMs),
      invariants: await checkInvariants({
        ...{ registry, hashesBefore, heard, readings },
        phone: this.#phone,
        reachedBranch: this.#branch !== null,
        silenceMs: this.#silenceMs,
        maxSilenceMs: this.#maxSilenceMs,
        written: JSON.stringify([this.#log, registry.audit, [...registry.steps]]),
        secrets: this.#secrets,
      }),
      events: this.#wholeEvents,
    };
  }

  get #phone(): string | null {
    return normalisePhone(this.#call.from);
  }

  /** Whatever may have been keyed as a code, and what every form of the number has in common. */
  get #secrets(): string[] {
    const keyed = this.#keyed.join('').replaceAll(/[^0-9]/g, '');
    const codes = this.#hotline.script.codeLengths.flatMap((length) =>
      Array.from(keyed, (_, at) => keyed.slice(at, at + length)).filter((code) => code.length === length),
    );
    return [...codes, ...(this.#phone === null ? [] : [this.#phone.slice('+84'.length)])];
  }

  get #silenceMs(): number {
    const sounds = this.#events.filter((event) => event.kind === 'heard');
    const ended = sounds.map(({ atMs, lengthMs, sound }, index) => {
      const endMs = Math.min(atMs + lengthMs, sounds[index + 1]?.atMs ?? this.#endedAtMs);
      return { atMs, sound, endMs };
    });
    const keyedAt = this.#events.flatMap((event) => (event.kind === 'keyed' ? [event.atMs] : []));
    return longestSilence(ended, keyedAt, this.#endedAtMs);
  }

  get #maxSilenceMs(): number {
    const { firstDigitTimeoutMs, interdigitTimeoutMs } = this.#hotline.script.timings;
    return Math.max(firstDigitTimeoutMs, interdigitTimeoutMs, 7000) + graceMs;
  }

  /** With what is only known in the end. */
  get #wholeEvents(): CallReport['events'] {
    const { heard } = this.#channel;
    let index = 0;
    return this.#events.map((event) =>
      event.kind === 'heard' ? { ...event, complete: heard[index++]!.complete } : event,
    );
  }
}
