/**
 * Slows down guessing at passwords that people chose. Nobody can use up another person's tries: they are counted for
 * each network. In the memory of this process; several processes need a store that they share.
 */

/** Wrong guesses in a quarter of an hour, of a known code or not. A network may be a whole village behind one address. */
const limits = { perCode: 10, perNetwork: 300 };
const windowMs = 15 * 60_000;

export class Throttle {
  #counts = new Map<string, number>();
  #beganAt = performance.now();

  /** Counts a guess before it is checked; false: it must not be. @param address IPv4 or IPv6 */
  admits(address: string, code: string): boolean {
    if (performance.now() - this.#beganAt >= windowMs) {
      this.#counts = new Map();
      this.#beganAt = performance.now();
    }
    const network = networkOf(address);
    return (
      this.#count(network, 1) <= limits.perNetwork && this.#count(`${network} ${code}`, 1) <= limits.perCode
    );
  }

  /** It was right: only wrong ones count. */
  takeBack(address: string, code: string): void {
    const network = networkOf(address);
    this.#count(network, -1);
    this.#count(`${network} ${code}`, -1);
  }

  #count(key: string, by: number): number {
    const count = (this.#counts.get(key) ?? 0) + by;
    this.#counts.set(key, count);
    return count;
  }
}

/** One household has a whole /64 of IPv6. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/, '');
  return plain.includes(':') ? plain.split('::')[0]!.split(':').slice(0, 4).join(':') : plain;
}
