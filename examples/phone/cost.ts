/** What a call takes of time and money. */

const dongAMinute = 1000;

/** Each minute that has begun. @returns VND */
export function costOf(talkedMs: number): number {
  return Math.ceil(talkedMs / 60_000) * dongAMinute;
}

/** Formats 62,345 ms as `1:02`. */
export function clockOf(talkedMs: number): string {
  const seconds = Math.floor(talkedMs / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
