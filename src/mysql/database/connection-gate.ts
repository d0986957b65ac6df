/** Who gets the next connection when they are short. */

/**
 * In order of precedence. Urgent is the activation of a reset, whose caller has heard the new password;
 * background work has nobody waiting.
 */
export const lanes = ['urgent', 'call', 'background'] as const;
export type Lane = (typeof lanes)[number];

/** Max. number waiting in all lanes; the next one is refused at once. */
const maxWaiting = 1000;
/** Of all places, the share that background work may hold at once. */
const backgroundShare = 1 / 4;

/** A bounded number of places, given by lane and, within a lane, in turn. */
export class ConnectionGate {
  readonly #places: number;
  readonly #backgroundPlaces: number;
  readonly #taken: Record<Lane, number> = { urgent: 0, call: 0, background: 0 };
  readonly #waiting: Record<Lane, (() => void)[]> = { urgent: [], call: [], background: [] };

  constructor(places: number) {
    this.#places = places;
    this.#backgroundPlaces = Math.max(1, Math.floor(places * backgroundShare));
  }

  /**
   * Resolves when a place is free; the caller must {@link leave} it. Null if too many wait already.
   *
   * @param stop aborted: stop waiting; the promise then never settles
   */
  enter(lane: Lane, stop: AbortSignal): Promise<void> | null {
    const isFull = lanes.reduce((sum, each) => sum + this.#waiting[each].length, 0) >= maxWaiting;
    if (isFull) return null;
    return new Promise((resolve) => {
      this.#waiting[lane].push(resolve);
      this.#admit();
      if (!this.#waiting[lane].includes(resolve)) return;
      stop.addEventListener('abort', () => {
        this.#waiting[lane] = this.#waiting[lane].filter((each) => each !== resolve);
      });
    });
  }

  leave(lane: Lane): void {
    this.#taken[lane]--;
    this.#admit();
  }

  #admit(): void {
    for (const lane of lanes)
      while (this.#waiting[lane].length > 0 && this.#hasPlace(lane)) {
        this.#taken[lane]++;
        this.#waiting[lane].shift()!();
      }
  }

  #hasPlace(lane: Lane): boolean {
    const taken = lanes.reduce((sum, each) => sum + this.#taken[each], 0);
    return taken < this.#places && (lane !== 'background' || this.#taken[lane] < this.#backgroundPlaces);
  }
}
