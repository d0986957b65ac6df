import type { InterruptedEnding } from './call-records.ts';

/** A process that serves calls, and the node it serves as (docs/adr/0027-leases.md). */
export interface Instance {
  /** A new UUID on each start. */
  readonly instanceId: string;
  /** NODE_NAME. */
  readonly node: string;
  /** Names the process, so that others on its machine see whether it is dead (machine/process-life.ts). */
  readonly process: string;
}

/** An instance as the database last heard of it. Times in UTC, by the database's clock. */
export interface SeenInstance extends Instance {
  readonly startedAt: string;
  /** Changes with every renewal; compare it, and with no other clock. */
  readonly seenAt: string;
}

/** The port of the leases by which instances know of each other. Every method rejects with RegistryUnavailable. */
export interface Instances {
  /**
   * Takes the node for this instance, or renews its lease, also after it was declared lost. Returns
   * null, or the living instance that has the node. Safe to repeat.
   */
  holdNode(instance: Instance): Promise<SeenInstance | null>;
  /** The living instances, this one left out. */
  readOthers(instanceId: string): Promise<SeenInstance[]>;
  /**
   * From now on, any instance that runs closes the calls of this instance and its node is free. Does nothing if it
   * was seen since. An instance that comes back and renews its lease lives again, if its node is still
   * free, without the calls that were closed meanwhile.
   */
  declareLost(instance: Pick<SeenInstance, 'instanceId' | 'seenAt'>): Promise<void>;
  /** Gives the node up. Calls that this instance still has open are closed by others. */
  leaveNode(instanceId: string): Promise<void>;
  /**
   * Closes with `ending` the calls of all instances that are lost or gone, and
   * voids their prepared resets. Returns how many calls there were. This instance's own stay open.
   */
  closeInterruptedCalls(instanceId: string, ending: InterruptedEnding): Promise<number>;
}
