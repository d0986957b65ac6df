/** The transcript of a running call, and a way to watch it grow. */
import type { SoundEnd } from './prompt-recogniser.ts';
import type { EndedBy } from './sip-leg.ts';
import { maskKeys, type TranscriptEntry } from './transcript.ts';

/** Entries are only appended, but a `heard` or `keyed` entry is completed when it ends. */
export class CallLog {
  readonly #entries: TranscriptEntry[] = [];
  readonly #watchers = new Set<() => void>();

  /** Everything so far, in order. */
  get entries(): readonly TranscriptEntry[] {
    return this.#entries;
  }

  /** Adds a recording that has started. */
  addHeard(name: string, atMs: number): void {
    this.#add({ kind: 'heard', name, atMs });
  }

  /** Completes the latest entry of this recording. */
  endHeard(name: string, { endedAtMs, complete }: SoundEnd): void {
    const at = this.#entries.findLastIndex((entry) => entry.kind === 'heard' && entry.name === name);
    const entry = this.#entries[at];
    if (entry?.kind === 'heard') this.#replace(at, { ...entry, endedAtMs, complete });
  }

  /** Adds the start of sound that belongs to no recording. */
  addUnknown(atMs: number): void {
    this.#add({ kind: 'unknown', atMs });
  }

  /** Adds keys that are being pressed, masked. Call the returned function when the last one is released. */
  addKeyed(keys: string, atMs: number): (endedAtMs: number) => void {
    const at = this.#entries.length;
    const entry = { kind: 'keyed', keys: maskKeys(keys), atMs } as const;
    this.#add(entry);
    return (endedAtMs) => this.#replace(at, { ...entry, endedAtMs });
  }

  /** Adds the start of a hold. Call the returned function when the phone takes sound again. */
  addHeld(atMs: number): (endedAtMs: number, wasRefused: boolean) => void {
    const at = this.#entries.length;
    this.#add({ kind: 'held', atMs });
    return (endedAtMs, wasRefused) =>
      this.#replace(at, { kind: 'held', atMs, endedAtMs, ...(wasRefused && { wasRefused }) });
  }

  /** Adds the end of the call. */
  addEnded(by: EndedBy, atMs: number): void {
    this.#add({ kind: 'ended', by, atMs });
  }

  /** Calls `onChange` after every change. Returns the function that stops this. */
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }

  #add(entry: TranscriptEntry): void {
    this.#replace(this.#entries.length, entry);
  }

  #replace(at: number, entry: TranscriptEntry): void {
    this.#entries[at] = entry;
    for (const onChange of [...this.#watchers]) onChange();
  }
}
