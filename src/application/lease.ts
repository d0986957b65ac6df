/**
 * The lease by which instances know of each other (docs/adr/0027-leases.md): this process renews its
 * own, watches those of others, and closes the calls of those that are lost.
 */
import { ExpectedError } from '../expected-error.ts';
import { interrupted } from '../hotline/ending.ts';
import type { Logger } from '../logger.ts';
import { isDead, pidOf } from '../machine/process-life.ts';
import { tell } from '../measured.ts';
import type { Instance, Instances, SeenInstance } from '../registry/instances.ts';
import { RegistryUnavailable, RegistryUnusable } from '../registry/registry-unavailable.ts';
import { pause } from '../timing/pause.ts';
import { LeaseWatch } from './lease-watch.ts';

const renewMs = 5000;
/** While the database is unreachable, ms. */
const retryMs = 1000;
/** How often a process that starts asks an unreachable database: 5 to 15 s, as it is refused or not answered. */
const attemptsToReach = 5;
/** Renewals that an instance leaves out until it is lost: a minute. */
const looksUntilLost = 12;
/** The same where a process waits for its node: 20 s. */
const looksUntilTaken = 4;

export interface LeaseOptions {
  readonly registry: Instances;
  /** This process. */
  readonly instance: Instance;
  readonly logger: Logger;
  /** Between two renewals, and between two looks at the others, ms. Default 5000. */
  readonly everyMs?: number;
}

/** Another process that lives serves as this node. */
export class NodeTaken extends ExpectedError {
  override readonly name = 'NodeTaken';

  constructor({ node, process, startedAt }: SeenInstance) {
    super(
      `another process serves as node ${node} (process ${pidOf(process)} of its machine, since ${startedAt} UTC): stop that one first, or give each machine a NODE_NAME of its own`,
    );
  }
}

/**
 * Takes the node, before calls come in from the PBX. Takes it over at once from a process of this
 * machine that is dead, and after 20 s from any other that does not renew its lease. If the database stays
 * unreachable, {@link keepLease} takes it later, but not before nobody else serves: a process whose own way
 * to the database is wrong, or only slow, would take the callers of one that is well.
 *
 * @param isServed whether the PBX says that another process takes calls
 * @throws NodeTaken; RegistryUnusable; what `isServed` throws
 */
export async function takeNode(
  options: LeaseOptions,
  stop: AbortSignal,
  isServed: () => Promise<boolean>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await waitForNode(options, stop);
    } catch (error) {
      if (!(error instanceof RegistryUnavailable) || error instanceof RegistryUnusable) throw error;
      if (!stop.aborted && (attempt < attemptsToReach || (await isServed()))) {
        if (attempt === attemptsToReach)
          options.logger.error('the database is unreachable, and another process takes calls; waiting', {
            error,
          });
        await pause(Math.min(retryMs, options.everyMs ?? renewMs), stop);
        continue;
      }
      options.logger.error('the database is unreachable; callers hear an apology until it is back', {
        error,
      });
      return;
    }
  }
}

/** @throws NodeTaken, RegistryUnavailable */
async function waitForNode(
  { registry, instance, logger, everyMs = renewMs }: LeaseOptions,
  stop: AbortSignal,
): Promise<void> {
  const watch = new LeaseWatch(looksUntilTaken);
  while (!stop.aborted) {
    const holder = await registry.holdNode(instance);
    if (holder === null) return;
    if (watch.look([holder]).length > 0 || isDead(holder.process)) {
      logger.warn('taking the node over from a process that is gone', { instanceId: holder.instanceId });
      await registry.declareLost(holder);
      continue;
    }
    if (watch.hasRenewed(holder)) throw new NodeTaken(holder);
    logger.info('another process has this node; waiting to see whether it lives', { node: instance.node });
    await pause(everyMs, stop);
  }
}

/**
 * Renews the lease until `stop`. Resolves then, or with `replaced` when another process has the node:
 * this one was declared lost, and its calls are no longer its own.
 *
 * @param onRecovered called whenever the calls of lost instances have their terminal rows
 */
export async function keepLease(
  options: LeaseOptions,
  stop: AbortSignal,
  onRecovered: () => void,
): Promise<'stopped' | 'replaced'> {
  const { logger, everyMs = renewMs } = options;
  const watch = new LeaseWatch(looksUntilLost);
  let isHeld = false;
  for (let isUnreachable = false; !stop.aborted;) {
    try {
      if (!isHeld) await waitForNode(options, stop);
      isHeld = true;
      if (!(await renew(options, watch))) return 'replaced';
      onRecovered();
      isUnreachable = false;
    } catch (error) {
      if (error instanceof NodeTaken) return 'replaced';
      if (!isUnreachable) logger.error('the lease could not be renewed; trying again', { error });
      isUnreachable = true;
    }
    await pause(isUnreachable ? Math.min(retryMs, everyMs) : everyMs, stop);
  }
  return 'stopped';
}

/** Renews the lease and closes the calls of lost instances. False: another process has the node. */
async function renew({ registry, instance, logger }: LeaseOptions, watch: LeaseWatch): Promise<boolean> {
  if ((await registry.holdNode(instance)) !== null) return false;
  for (const other of watch.look(await registry.readOthers(instance.instanceId))) {
    await registry.declareLost(other);
    logger.warn('an instance is lost', { instanceId: other.instanceId, node: other.node });
  }
  const calls = await registry.closeInterruptedCalls(instance.instanceId, interrupted);
  if (calls > 0) {
    tell('interrupted', { calls });
    logger.warn('closed interrupted calls of processes that are gone', { calls });
  }
  return true;
}

/** A lease that is kept in the background. */
export interface KeptLease {
  /** Resolves when the calls of lost instances have their terminal rows for the first time. */
  readonly recovered: Promise<void>;
  /** Resolves when another process has the node. */
  readonly replaced: Promise<void>;
  /** Gives the node up. If the database is unreachable, the lease runs out by itself. */
  readonly end: () => Promise<void>;
}

/** Keeps the lease until its end, also during a drain, or others would close the calls that are left. */
export function startLease(options: LeaseOptions): KeptLease {
  const stop = new AbortController();
  const recovered = Promise.withResolvers<void>();
  const replaced = Promise.withResolvers<void>();
  const kept = keepLease(options, stop.signal, recovered.resolve).then((end) => {
    if (end === 'replaced') replaced.resolve();
  });
  return {
    recovered: recovered.promise,
    replaced: replaced.promise,
    end: async () => {
      stop.abort();
      await kept;
      await leaveNode(options);
    },
  };
}

/** Gives the node up. If the database is unreachable, the lease runs out by itself. */
export async function leaveNode({ registry, instance, logger }: LeaseOptions): Promise<void> {
  await registry.leaveNode(instance.instanceId).catch((error: unknown) => {
    logger.warn('the node could not be given up; its lease runs out', { error });
  });
}
