/** What the checks of `hotline doctor` report. */
import { isInstalled } from '../installation.ts';

/** The result of one check. */
export interface Finding {
  /** What was checked, in an admin's words. Programs know the check by it (`--json`), so it stays as it is. */
  readonly title: string;
  /**
   * - `ok`
   * - `warning`: works, but could be better.
   * - `danger`: must be changed before callers are let in.
   * - `unknown`: could not be checked.
   */
  readonly verdict: 'ok' | 'warning' | 'danger' | 'unknown';
  /** What was found. Holds no secret and no caller's data. */
  readonly detail: string;
  /** What to change; absent if the verdict is `ok`. */
  readonly change?: string;
}

/** A finding that is `ok` if `holds`, and otherwise says what to change. */
export function expectThat(
  title: string,
  holds: boolean,
  detail: string,
  change: string,
  verdict: 'warning' | 'danger' = 'danger',
): Finding {
  return holds ? { title, verdict: 'ok', detail } : { title, verdict, detail, change };
}

/** Runs checks; if they cannot be made, that is a finding of its own. */
export async function orUnknown(title: string, check: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    return [
      {
        title,
        verdict: 'unknown',
        detail: error instanceof Error ? error.message : 'failed',
        change: `make it reachable${isInstalled ? '' : ' (is make run running?)'}, then run this again`,
      },
    ];
  }
}
