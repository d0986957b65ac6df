/** What one check found. */
export interface Finding {
  /** What was looked at, as an admin would name it. */
  readonly title: string;
  /**
   * - `ok`
   * - `warning`: works, but something is worse than it could be.
   * - `danger`: to be changed before callers are let in.
   * - `unknown`: could not be looked at.
   */
  readonly verdict: 'ok' | 'warning' | 'danger' | 'unknown';
  /** What is the case. No secret, no caller's data. */
  readonly detail: string;
  /** What to change; absent when all is well. */
  readonly change?: string;
}

/** `ok` if it holds; otherwise what to change. */
export function expectThat(
  title: string,
  holds: boolean,
  detail: string,
  change: string,
  verdict: 'warning' | 'danger' = 'danger',
): Finding {
  return holds ? { title, verdict: 'ok', detail } : { title, verdict, detail, change };
}

/** A check that cannot be made is a finding too. */
export async function orUnknown(title: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [
      {
        title,
        verdict: 'unknown',
        detail: error instanceof Error ? error.message : 'failed',
        change: 'make it reachable, then look again',
      },
    ];
  }
}
