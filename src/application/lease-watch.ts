import type { SeenInstance } from '../registry/instances.ts';

/**
 * Decides which instances no longer renew their leases. Counts looks instead of time: no clock can be
 * set wrong, and while the database is unreachable, or this process is frozen, there are no looks that
 * could make others appear lost.
 */
export class LeaseWatch {
  readonly #looksUntilLost: number;
  /** By instance: what was seen, and at how many looks since. */
  #seen = new Map<string, { first: string; last: string; looks: number }>();

  /** @param looksUntilLost in a row, with the same {@link SeenInstance.seenAt} */
  constructor(looksUntilLost: number) {
    this.#looksUntilLost = looksUntilLost;
  }

  /** One look at all instances. Returns those that are lost. */
  look(instances: readonly SeenInstance[]): SeenInstance[] {
    const before = this.#seen;
    this.#seen = new Map(
      instances.map(({ instanceId, seenAt }) => {
        const { first = seenAt, last = seenAt, looks = 0 } = before.get(instanceId) ?? {};
        return [instanceId, { first, last: seenAt, looks: last === seenAt ? looks + 1 : 1 }];
      }),
    );
    // The first look only says where to compare from.
    return instances.filter(({ instanceId }) => this.#seen.get(instanceId)!.looks > this.#looksUntilLost);
  }

  /** Whether the instance has renewed its lease since the first look at it. */
  hasRenewed({ instanceId }: SeenInstance): boolean {
    const seen = this.#seen.get(instanceId);
    return seen !== undefined && seen.first !== seen.last;
  }
}
