/** The lengths of what callers hear now, in a process that serves: they follow whatever is put live, by whichever process. */
import type { Logger } from '../../logger.ts';
import { loadSoundLengths } from '../catalogue.ts';
import { liveFolder, markerOf, readLiveLink, type StorePlaces } from './live-set.ts';
import { prepareStore, StoreNotWritable } from './own-recordings.ts';

/** Between two looks whether another process has put something live, ms. */
const lookMs = 500;
/** No playback that began before a change lasts longer, ms. */
const settleMs = 180_000;

export class LiveRecordings {
  readonly places: StorePlaces;
  /** Sound name → length in ms, of what is live; the same map for good. */
  readonly lengths: ReadonlyMap<string, number>;
  /**
   * The same, but for some minutes after a change the shorter of what was live and what is: a playback that began
   * before it may play either, and is late or skipped only if it is so by both.
   */
  readonly shortestLengths: ReadonlyMap<string, number>;
  readonly #lengths = new Map<string, number>();
  readonly #shortest = new Map<string, number>();
  readonly #logger: Logger;
  #seen: string | undefined;
  #marker: string | undefined;
  #whyFixed: string | null = null;
  #looking: NodeJS.Timeout | undefined;
  #settling: NodeJS.Timeout | undefined;

  private constructor(places: StorePlaces, logger: Logger) {
    this.places = places;
    this.#logger = logger;
    this.lengths = this.#lengths;
    this.shortestLengths = this.#shortest;
  }

  /**
   * Makes the store ready and reads it. Where it cannot be written, what is live there stays so; where nothing is,
   * the program's own recordings count.
   *
   * @throws ScriptError; or when no recordings can be read
   */
  static async open(places: StorePlaces, logger: Logger): Promise<LiveRecordings> {
    const live = new LiveRecordings(places, logger);
    try {
      await prepareStore(places);
    } catch (error) {
      if (!(error instanceof StoreNotWritable)) throw error;
      live.#whyFixed = error.message;
      logger.warn('recordings cannot be changed in the console', { error });
    }
    await live.refresh();
    live.#settle();
    live.#looking = setInterval(() => void live.#look(), lookMs).unref();
    return live;
  }

  /** Why nothing can be put live here; null if it can. */
  get whyFixed(): string | null {
    return this.#whyFixed;
  }

  /** What the lengths were read from. */
  get folder(): string {
    return this.#seen === undefined ? this.places.program : liveFolder(this.places.directory);
  }

  /** The sound by which Asterisk is known to play from this store. */
  get marker(): string | undefined {
    return this.#marker;
  }

  /** Which set is live, for what is calculated from it. */
  get seen(): string {
    return this.#seen ?? '';
  }

  /** Reads the lengths anew if something else is live. */
  async refresh(): Promise<void> {
    const seen = await readLiveLink(this.places.directory);
    if (seen === this.#seen && this.#lengths.size > 0) return;
    const marker = await markerOf(this.places.directory);
    this.#marker = marker;
    const lengths = await loadSoundLengths(
      seen === undefined ? this.places.program : liveFolder(this.places.directory),
    );
    this.#seen = seen;
    const before = new Map(this.#lengths);
    this.#lengths.clear();
    for (const [sound, ms] of lengths) if (sound !== marker) this.#lengths.set(sound, ms);
    for (const [sound, ms] of this.#lengths)
      this.#shortest.set(sound, Math.min(ms, before.get(sound) ?? ms, this.#shortest.get(sound) ?? ms));
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#settle(), settleMs).unref();
  }

  close(): void {
    clearInterval(this.#looking);
    clearTimeout(this.#settling);
  }

  #settle(): void {
    this.#shortest.clear();
    for (const [sound, ms] of this.#lengths) this.#shortest.set(sound, ms);
  }

  /** A look that fails is repeated; the lengths stay meanwhile. */
  async #look(): Promise<void> {
    await this.refresh().catch((error: unknown) =>
      this.#logger.warn('the lengths of the recordings cannot be read', { error }),
    );
  }
}
