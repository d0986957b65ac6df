/** What the PBX counts in its menu, and keeps until it is collected. */

/** How often something happened within one minute. */
export interface KeptCount {
  /** UTC, `2026-11-30T02:15Z`. */
  readonly minute: string;
  /** As the dialplan names it: a dialplan of the site may have written others beside ours. */
  readonly event: string;
  /** Not a whole number if somebody else has written it. */
  readonly calls: number;
}

/** The port to the PBX that keeps them, for one visit. */
export interface KeptMenuCounts {
  read(): Promise<readonly KeptCount[]>;
  /** Removes the counts of one minute, if they are there. */
  forget(minute: string): Promise<void>;
}
