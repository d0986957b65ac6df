/** The growing transcript of a running call, and waiting for it to grow. */
import type { SoundEnd } from './prompt-recogniser.ts';
import type { EndedBy } from './sip-leg.ts';
import { maskKeys, type TranscriptEntry } from './transcript.ts';

/** Grows only at its end; the last `heard` and each `keyed` are completed when they end. */
export class CallLog {
  readonly #entries: TranscriptEntry[] = [];
  readonly #watchers = new Set<() => void>();

  /** What happened so far. */
  get entries(): readonly TranscriptEntry[] {
    return this.#entries;
  }

  /** A recording has begun. */
  addHeard(name: string, atMs: number): void {
    this.#add({ kind: 'heard', name, atMs });
  }

  /** The recording that began last has ended. */
  endHeard(name: string, { endedAtMs, complete }: SoundEnd): void {
    const at = this.#entries.findLastIndex((entry) => entry.kind === 'heard' && entry.name === name);
    const entry = this.#entries[at];
    if (entry?.kind === 'heard') this.#replace(at, { ...entry, endedAtMs, complete });
  }

  /** Sound that belongs to no recording has begun. */
  addUnknown(atMs: number): void {
    this.#add({ kind: 'unknown', atMs });
  }

  /** Keys are being pressed. Call what is returned when the last is up. */
  addKeyed(keys: string, atMs: number): (endedAtMs: number) => void {
    const at = this.#entries.length;
    const entry = { kind: 'keyed', keys: maskKeys(keys), atMs } as const;
    this.#add(entry);
    return (endedAtMs) => this.#replace(at, { ...entry, endedAtMs });
  }

  /** The call is over. */
  addEnded(by: EndedBy, atMs: number): void {
    this.#add({ kind: 'ended', by, atMs });
  }

  /** Calls back after every change. Returns the function that ends it. */
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
