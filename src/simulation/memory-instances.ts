import type { Instance, SeenInstance } from '../registry/instances.ts';

interface MemoryInstance extends Instance {
  startedAt: number;
  seenAt: number;
  isLost: boolean;
}

/** The instances and their leases, for the registry in memory. */
export class MemoryInstances {
  readonly #all = new Map<string, MemoryInstance>();

  hold(instance: Instance): SeenInstance | null {
    const { instanceId, node } = instance;
    const holder = [...this.#all.values()].find((other) => other.node === node && !other.isLost);
    if (holder !== undefined && holder.instanceId !== instanceId) return asSeen(holder);
    const known = this.#all.get(instanceId);
    // Renewed again within a millisecond, it has still changed.
    const seenAt = Math.max(Date.now(), (known?.seenAt ?? 0) + 1);
    this.#all.set(instanceId, { ...instance, startedAt: known?.startedAt ?? seenAt, seenAt, isLost: false });
    return null;
  }

  others(instanceId: string): SeenInstance[] {
    return [...this.#all.values()]
      .filter((other) => other.instanceId !== instanceId && !other.isLost)
      .map(asSeen);
  }

  declareLost({ instanceId, seenAt }: Pick<SeenInstance, 'instanceId' | 'seenAt'>): void {
    const instance = this.#all.get(instanceId);
    if (instance !== undefined && asSeen(instance).seenAt === seenAt) instance.isLost = true;
  }

  leave(instanceId: string): void {
    this.#all.delete(instanceId);
  }

  isLiving(instanceId: string): boolean {
    return this.#all.get(instanceId)?.isLost === false;
  }

  /** Whether it lives and was seen within the minute. */
  isFresh(instanceId: string): boolean {
    return this.isLiving(instanceId) && this.#all.get(instanceId)!.seenAt > Date.now() - 60_000;
  }

  /** Makes every lease this much older. */
  age(ms: number): void {
    for (const instance of this.#all.values()) instance.seenAt -= ms;
  }
}

function asSeen({ instanceId, node, process, startedAt, seenAt }: MemoryInstance): SeenInstance {
  return { instanceId, node, process, startedAt: String(startedAt), seenAt: String(seenAt) };
}
