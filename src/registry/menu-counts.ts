/** What callers did in the dialplan's menu who did not reach the application: calls that did have their audit rows. */

/**
 * - `operator`, `goodbye`, `branch`: keyed 0, 9, or a key of the site's own.
 * - `other-key`: keyed one that leads nowhere, and heard the menu again.
 * - `silent`: keyed nothing until the menu ended the call.
 * - `left`: hung up in the menu, or after a key that leads nowhere.
 * - `unavailable`, `busy`, `interrupted`: the application was not there, had no line free, or was lost in the call.
 */
export const menuEvents = [
  'operator',
  'goodbye',
  'branch',
  'other-key',
  'silent',
  'left',
  'unavailable',
  'busy',
  'interrupted',
] as const;

export type MenuEvent = (typeof menuEvents)[number];

/** How often something happened within one minute on one PBX. */
export interface MenuCount {
  /** UTC, `2026-11-30T02:15Z`. */
  readonly minute: string;
  readonly event: MenuEvent;
  readonly calls: number;
}

/** The port that keeps them. Rejects with RegistryUnavailable. */
export interface MenuCounts {
  /** Keeps counts, at least one, of minutes that are over. Safe to repeat: a minute that is there stays as it is. */
  keepMenuCounts(node: string, counts: readonly MenuCount[]): Promise<void>;
}
