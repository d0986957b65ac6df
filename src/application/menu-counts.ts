/** Brings what the dialplan's menu counts into the database. No call waits for it. */
import { setTimeout as delay } from 'node:timers/promises';
import type { KeptCount, KeptMenuCounts } from '../call/kept-menu-counts.ts';
import type { Logger } from '../logger.ts';
import { tell } from '../measured.ts';
import { menuEvents, type MenuCount, type MenuCounts } from '../registry/menu-counts.ts';

const usualMs = 30_000;
/** Minutes that began so long ago are over for the PBX too, whose clock may be two minutes behind. */
const overMs = 3 * 60_000;

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
      if (!hasFailed && !stop.aborted)
        options.logger.warn('the counts of the menu cannot be collected; trying again', { error });
      hasFailed = true;
    }
    await delay(options.everyMs ?? usualMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

/**
 * Collects the minutes that began before `endMs`, one by one. Each is forgotten on the PBX only once it is kept,
 * and keeping it again changes nothing.
 *
 * @param endMs ms since the epoch
 */
export async function collectMenuCounts(
  { visit, registry, node }: Pick<MenuCountOptions, 'visit' | 'registry' | 'node'>,
  endMs: number,
): Promise<void> {
  await visit(async (kept) => {
    const counts = (await kept.read()).filter(({ minute }) => Date.parse(minute) < endMs);
    for (const [minute, ofMinute] of Map.groupBy(counts, (count) => count.minute)) {
      const known = ofMinute.filter(isKnown);
      if (known.length > 0) await registry.keepMenuCounts(node, known);
      await kept.forget(minute);
      for (const { event, calls } of known) tell('menu', { event, calls });
    }
  });
}

/** A dialplan of the site may have written others beside ours. */
function isKnown(count: KeptCount): count is MenuCount {
  return (
    (menuEvents as readonly string[]).includes(count.event) &&
    Number.isSafeInteger(count.calls) &&
    count.calls > 0
  );
}
