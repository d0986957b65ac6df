/** Brings what the dialplan's menu counts into the database. No call waits for it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../logger.ts';
import { menuEvents, type MenuCount, type MenuCounts, type MenuEvent } from '../registry/menu-counts.ts';

const usualMs = 30_000;
/** A minute is over for the PBX too: a call may have begun to count at its end. */
const overMs = 2 * 60_000;

/** Where the PBX keeps its counts, for one visit. */
export interface KeptMenuCounts {
  read(): Promise<readonly { readonly minute: string; readonly event: string; readonly calls: number }[]>;
  forget(minute: string): Promise<void>;
}

export interface MenuCountOptions {
  /** Opens a connection to the PBX for one visit. */
  readonly visit: <T>(use: (kept: KeptMenuCounts) => Promise<T>) => Promise<T>;
  readonly registry: MenuCounts;
  readonly node: string;
  readonly logger: Logger;
  /** Between two visits, ms. */
  readonly everyMs?: number;
}

/** Collects now and then until `stop`. While PBX or database are unreachable, the PBX goes on counting. */
export async function keepMenuCounts(options: MenuCountOptions, stop: AbortSignal): Promise<void> {
  let hasFailed = false;
  while (!stop.aborted) {
    try {
      await collectMenuCounts(options, Date.now() - overMs);
      hasFailed = false;
    } catch (error) {
      if (!hasFailed)
        options.logger.warn('the counts of the menu cannot be collected; trying again', { error });
      hasFailed = true;
    }
    await delay(options.everyMs ?? usualMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

/**
 * Collects the minutes that began before `endMs`. They are forgotten on the PBX only once they are kept, and
 * keeping them again changes nothing.
 *
 * @param endMs ms since the epoch
 */
export async function collectMenuCounts(
  { visit, registry, node }: Pick<MenuCountOptions, 'visit' | 'registry' | 'node'>,
  endMs: number,
): Promise<void> {
  await visit(async (kept) => {
    const counts = (await kept.read()).filter(({ minute }) => Date.parse(minute) < endMs);
    const known = counts.filter((count): count is MenuCount => isKnown(count.event));
    if (known.length > 0) await registry.keepMenuCounts(node, known);
    for (const minute of new Set(counts.map((count) => count.minute))) await kept.forget(minute);
  });
}

function isKnown(event: string): event is MenuEvent {
  return (menuEvents as readonly string[]).includes(event);
}
